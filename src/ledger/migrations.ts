import { readdirSync, readFileSync } from 'node:fs';

/** The numbered `.sql` files of an engine; the number of the last one is the version of its schema. */
export function migrationsFor(engine: 'sqlite' | 'postgres') {
  const folder = new URL(`migrations/${engine}/`, import.meta.url);
  const names = readdirSync(folder)
    .filter((name) => /^\d{3}-[\w-]+\.sql$/.test(name))
    .sort();
  names.forEach((name, i) => {
    if (Number(name.slice(0, 3)) !== i + 1)
      throw new Error(`The migration ${name} has not the number ${i + 1}.`);
  });
  return {
    latest: names.length,
    /** The texts that bring a schema of that version up to date, in order. @throws Error for a newer version */
    after(version: number): string[] {
      if (version > names.length) {
        throw new Error(`The ledger was written by a newer version of this service (schema ${version}).`);
      }
      return names.slice(version).map((name) => readFileSync(new URL(name, folder), 'utf8'));
    },
  };
}
