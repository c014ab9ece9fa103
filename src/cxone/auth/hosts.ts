import { Problem } from '../../errors.ts';
import { LIMITS } from '../options.ts';

/** Where CXone lives; over https only. */
const CXONE_HOSTS = ['.niceincontact.com', '.nice-incontact.com', '.nicecxone.com'];

/** Parses a URL that an answer named, and refuses it unless it stays with CXone or with a configured origin. */
export type TrustedUrl = (url: unknown, base: string, what: string) => URL;

/**
 * Our token goes where such a URL leads, so its host is held to a list: the configured origins exactly as they are, and
 * CXone's own domains over https.
 */
export const createTrustedUrl = (configured: readonly string[]): TrustedUrl => {
  const origins = new Set(configured.map((url) => new URL(url).origin));
  return (url, base, what) => {
    const usable = typeof url === 'string' && url.length <= LIMITS.linkCharacters && URL.canParse(url, base);
    const parsed = usable ? new URL(url, base) : undefined;
    if (!parsed || parsed.username !== '' || parsed.password !== '')
      throw new Problem(
        'UPSTREAM_INVALID_RESPONSE',
        `CXone named no usable URL as ${what}. Check the configured URLs.`,
      );
    const ofCxone =
      parsed.protocol === 'https:' &&
      parsed.port === '' &&
      CXONE_HOSTS.some((suffix) => parsed.hostname.endsWith(suffix));
    if (!ofCxone && !origins.has(parsed.origin))
      throw new Problem(
        'UPSTREAM_INVALID_RESPONSE',
        `CXone named a host as ${what} that is neither configured nor one of CXone's own (${parsed.host.slice(0, 100)}). Nothing was sent there.`,
      );
    return parsed;
  };
};
