import type { FastifyBaseLogger } from 'fastify';
import type { Config } from './config.ts';
import type { CxoneOptions } from './plugins/cxone.ts';

export interface Tenant {
  cxone: CxoneOptions;
  webhooks: { url: string | null; secrets: string[]; allowedHosts: string[]; proxyUrl?: string | undefined };
  close(): Promise<void>;
}

/**
 * The tenant that the service writes to: the one that the configuration names, or, without credentials, the embedded
 * sandbox, which also receives the webhooks unless the configuration names a receiver. With credentials the sandbox is
 * not loaded at all.
 */
export async function tenantOf(config: Config, log: FastifyBaseLogger): Promise<Tenant> {
  if (config.credentials) {
    if (config.auth.mode === 'off') {
      log.warn('AUTH_MODE is off: every client that reaches this service can write to the CXone tenant');
    }
    return {
      cxone: { ...config.cxone, ...config.credentials },
      webhooks: config.webhooks,
      close: async () => {},
    };
  }
  const { startSandbox } = await import('./sandbox/index.ts');
  const [webhookSecret] = config.webhooks.secrets;
  const sandbox = await startSandbox(webhookSecret === undefined ? {} : { webhookSecret });
  log.warn({ sandbox: sandbox.url }, 'CXONE_CLIENT_ID is not set: the embedded sandbox stands in for CXone');
  const receiver = new URL(sandbox.webhookUrl);
  return {
    cxone: {
      ...config.cxone,
      baseUrl: sandbox.url,
      tokenUrl: `${sandbox.url}/api/v2/oauth2/token`,
      discoveryUrl: undefined,
      clientId: sandbox.clientId,
      clientSecret: sandbox.clientSecret,
      accessKeyId: sandbox.accessKeyId,
      accessKeySecret: sandbox.accessKeySecret,
    },
    webhooks: config.webhooks.url
      ? config.webhooks
      : {
          url: sandbox.webhookUrl,
          secrets: webhookSecret === undefined ? [sandbox.webhookSecret] : config.webhooks.secrets,
          allowedHosts: [...config.webhooks.allowedHosts, receiver.host],
        },
    close: () => sandbox.close(),
  };
}
