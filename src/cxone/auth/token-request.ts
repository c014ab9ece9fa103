import type { CxoneOptions } from '../options.ts';
import type { Request } from '../http/transport.ts';

type Credentials = Pick<
  CxoneOptions,
  'grant' | 'clientId' | 'clientSecret' | 'accessKeyId' | 'accessKeySecret' | 'clientAuth' | 'scope'
>;

/** Percent-encoding as `application/x-www-form-urlencoded` does it, which RFC 6749 asks for in both places. */
const formEncoded = (value: string): string => new URLSearchParams({ v: value }).toString().slice(2);

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined and turned into base64. */
export const basicCredentials = (id: string, secret: string): string =>
  Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64');

/**
 * The token request (RFC 6749) of the configured grant: `client_credentials` (section 4.4), or `password` (section 4.3)
 * with CXone's access key as user name and password.
 */
export const tokenRequest = (tokenUrl: URL, credentials: Credentials): Request => {
  const form = new URLSearchParams({ grant_type: credentials.grant });
  if (credentials.grant === 'password') {
    form.set('username', credentials.accessKeyId ?? '');
    form.set('password', credentials.accessKeySecret ?? '');
  }
  const basic = credentials.clientAuth === 'basic';
  if (!basic) {
    form.set('client_id', credentials.clientId);
    form.set('client_secret', credentials.clientSecret);
  }
  if (credentials.scope !== '') form.set('scope', credentials.scope);
  return {
    endpoint: 'token',
    method: 'POST',
    origin: tokenUrl.origin,
    path: `${tokenUrl.pathname}${tokenUrl.search}`,
    headers: [
      'accept',
      'application/json',
      'content-type',
      'application/x-www-form-urlencoded',
      ...(basic
        ? ['authorization', `Basic ${basicCredentials(credentials.clientId, credentials.clientSecret)}`]
        : []),
    ],
    body: form.toString(),
  };
};
