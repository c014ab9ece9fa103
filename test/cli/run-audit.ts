import { audit } from '../../src/cli/audit.ts';

/** Runs a command of `src/cli/audit.ts` in this process, with this environment and no other. */
export async function runAudit(argv: string[], env: Record<string, string>) {
  let out = '';
  let error = '';
  const code = await audit(argv, env, {
    out: (line) => void (out += `${line}\n`),
    error: (line) => void (error += `${line}\n`),
  });
  return { code, out, error };
}
