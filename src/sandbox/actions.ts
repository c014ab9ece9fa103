/** A data action as the tenant holds it. What else is in it is its owner's business. */
export interface Action {
  id: string;
  name: string;
  type: string;
  enabled: boolean;
  [field: string]: unknown;
}

export interface Stored {
  /** The JSON text as it was put, so that nothing in it changes by being kept. */
  readonly text: string;
  readonly action: Action;
  /** The name, for matches that ignore case. */
  readonly folded: string;
  readonly version: number;
}

/** The tenant's data actions, in the order in which they were made. */
export interface Actions {
  readonly size: number;
  /** Copies: what a reader does to them changes nothing here. */
  all(): Action[];
  get(id: string): Action | undefined;
  /** The first of that exact name. */
  byName(name: string): Action | undefined;
  /** The exact JSON text, also where it holds numbers that JavaScript cannot. */
  text(id: string): string | undefined;
  version(id: string): number | undefined;
  /** Makes or replaces an action, as another client of the tenant would do it, without any check. */
  put(action: Action): void;
  delete(id: string): boolean;
}

export interface Store extends Actions {
  stored(id: string): Stored | undefined;
  /** Those whose name contains `part`, whatever the letter case. */
  matching(part: string): Stored[];
  /** Replaces the whole action by its next version. */
  replace(action: Action, text: string): Stored;
  load(texts: Iterable<string>): void;
}

export function createStore(): Store {
  const byId = new Map<string, Stored>();

  const replace = (action: Action, text: string): Stored => {
    const version = (byId.get(action.id)?.version ?? 0) + 1;
    const stored = { text, action, folded: action.name.toLowerCase(), version };
    byId.set(action.id, stored);
    return stored;
  };

  return {
    get size() {
      return byId.size;
    },
    all: () => Array.from(byId.values(), ({ action }) => structuredClone(action)),
    get: (id) => structuredClone(byId.get(id)?.action),
    byName: (name) => structuredClone(byId.values().find(({ action }) => action.name === name)?.action),
    text: (id) => byId.get(id)?.text,
    version: (id) => byId.get(id)?.version,
    put: (action) => void replace(structuredClone(action), JSON.stringify(action)),
    delete: (id) => byId.delete(id),
    stored: (id) => byId.get(id),
    matching(part) {
      const folded = part.toLowerCase();
      const found: Stored[] = [];
      for (const stored of byId.values()) if (stored.folded.includes(folded)) found.push(stored);
      return found;
    },
    replace,
    load(texts) {
      byId.clear();
      for (const text of texts) replace(JSON.parse(text) as Action, text);
    },
  };
}
