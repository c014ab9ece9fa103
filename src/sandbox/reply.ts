import type { Settings } from './settings.ts';

/** An answer before it is put on the wire. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** The request changed an action. */
  applied?: true;
}

/** A request that is turned down; `shape` gives it the body that such platforms send. */
export interface Refusal {
  status: number;
  /** OAuth's error code, or the platform's. */
  code: string;
  message: string;
  field?: string;
  headers?: Record<string, string>;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

export const json = (status: number, body: string, headers?: Record<string, string>): Reply => ({
  status,
  headers: headers === undefined ? JSON_TYPE : { ...JSON_TYPE, ...headers },
  body,
});

export const html = (status: number, title: string): Reply => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
});

export const isRefusal = (answer: Reply | Refusal): answer is Refusal => 'message' in answer;

let contexts = 0;

/** The body of an error, in one of the shapes that CXone's APIs and the gateways before them are known to send. */
export function shape(refusal: Refusal, form: Exclude<Settings['errorShape'], 'native'>): Reply {
  const { status, code, field, headers } = refusal;
  const message = field === undefined ? refusal.message : `${field}: ${refusal.message}`;
  switch (form) {
    case 'error_description':
      return json(status, JSON.stringify({ error: code, error_description: message }), headers);
    case 'errorDescription':
      return json(status, JSON.stringify({ error: code, errorDescription: message }), headers);
    case 'errors':
      return json(
        status,
        JSON.stringify({ errors: [{ field: field ?? '', message: refusal.message }] }),
        headers,
      );
    case 'message': {
      const contextId = `sandbox-${(++contexts).toString(36).padStart(8, '0')}`;
      return json(status, JSON.stringify({ message, code, status, contextId }), headers);
    }
    case 'header':
      return { status, headers: { ...headers, icStatusDescription: headerText(message) }, body: '' };
    case 'empty':
      return { status, headers: { ...headers }, body: '' };
    case 'html': {
      const page = html(status, `${status} ${code}`);
      return { ...page, headers: { ...page.headers, ...headers } };
    }
  }
}

/** Header values are visible ASCII; a message may quote what the caller sent. */
const headerText = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?');
