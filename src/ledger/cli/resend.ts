import { openSql } from '../evidence/statements.ts';
import { resend as resendStatement } from '../outbox/statements.ts';

/** Long past by any clock: a service that runs sends them when it looks next, within seconds. */
const DUE_AT_ONCE = '0';

/** Makes dead letters due, beside a service that may be running. Returns how many were dead letters. */
export async function resend(databaseUrl: string, ids: string[]): Promise<number> {
  const sql = await openSql(databaseUrl, { write: true });
  try {
    return await sql.transaction(async (all) => {
      let count = 0;
      for (const id of ids) {
        count += (await all(`${resendStatement(DUE_AT_ONCE)} RETURNING id`, [id])).length;
      }
      return count;
    });
  } finally {
    await sql.close();
  }
}
