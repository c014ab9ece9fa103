import type { DateProcessing } from '../../services/ports.ts';
import type { ApiAnswer, Session } from '../auth/session.ts';
import { Failure } from '../http/failure.ts';
import { LIMITS } from '../options.ts';
import type { Scope } from '../resilience/scope.ts';
import { parseRepresentation, type Representation, withDateProcessing } from './action.ts';

const PATH = '/api/v2/dataactions';
const JSON_TYPE = ['content-type', 'application/json'] as const;

/** The three requests that the gateway makes to a tenant's data actions. Each throws what `Session.send` does. */
export interface ActionsApi {
  list(page: { name: string; number: number } | { link: URL }, scope: Scope): Promise<ApiAnswer>;
  read(id: string, scope: Scope): Promise<Representation>;
  /** `onSend` is called whenever a request leaves. Resolves to the answered action, if it is fit to be kept. */
  write(
    basis: Representation,
    value: DateProcessing,
    scope: Scope,
    onSend: () => void,
  ): Promise<Representation | undefined>;
}

const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;

export const createActionsApi = (session: Pick<Session, 'send'>): ActionsApi => ({
  list(page, scope) {
    const target =
      'link' in page
        ? page.link
        : `${PATH}?pageSize=${LIMITS.pageSize}&page=${page.number}&filter=${encodeURIComponent(`name=${page.name}`)}`;
    const urgent = 'link' in page || page.number > 1;
    return session.send({ endpoint: 'list', method: 'GET', target, urgent }, scope);
  },

  async read(id, scope) {
    const { json, etag } = await session.send({ endpoint: 'read', method: 'GET', target: pathOf(id) }, scope);
    return parseRepresentation(json, etag, id);
  },

  async write(basis, value, scope, onSend) {
    const body = JSON.stringify(withDateProcessing(basis, value));
    const { json, etag } = await session.send(
      {
        endpoint: 'write',
        method: 'PUT',
        target: pathOf(basis.id),
        headers: basis.etag === undefined ? JSON_TYPE : [...JSON_TYPE, 'if-match', basis.etag],
        body,
        urgent: true,
        onSend,
      },
      scope,
    );
    if (body.length > LIMITS.representationCharacters) return undefined;
    try {
      return parseRepresentation(json, etag, basis.id);
    } catch (error) {
      // The write has been accepted; the rest of the answer does not matter.
      if (error instanceof Failure) return undefined;
      throw error;
    }
  },
});
