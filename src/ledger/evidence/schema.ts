import type { Sql } from './statements.ts';

/**
 * What is not as it should be around `entries`, in words: it has to be a table, whose rows all can be read, and the
 * triggers that keep it from being changed have to stand.
 */
export async function schemaFaults(sql: Sql, databaseUrl: string): Promise<string[]> {
  const rows = (await sql.all(databaseUrl.startsWith('sqlite:') ? SQLITE : POSTGRES)) as Thing[];
  const { type = 'missing', rules = 0 } = rows.find(({ name }) => name === 'entries') ?? {};
  const faults: string[] = [];
  if (type !== 'table') faults.push(`entries is not a table (${type})`);
  if (rules !== 0) faults.push('entries has a rule or a row filter that decides what is read');
  for (const trigger of ['entries_stay', 'entries_remain']) {
    if (!rows.some(({ name, type }) => name === trigger && type === 'trigger'))
      faults.push(`the trigger ${trigger}, which keeps entries from being changed, is missing or off`);
  }
  return faults;
}

interface Thing {
  name: string;
  type: string;
  rules: number;
}

const SQLITE = `SELECT name, type, 0 AS rules FROM sqlite_master
  WHERE name IN ('entries', 'entries_stay', 'entries_remain')
    AND (type <> 'trigger' OR (tbl_name = 'entries' AND sql LIKE '%RAISE(ABORT,%' AND sql NOT LIKE '% WHEN %'))`;

const POSTGRES = `SELECT relname::text AS name, CASE relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view'
      WHEN 'm' THEN 'view' ELSE relkind::text END AS type,
    (relrowsecurity OR EXISTS (SELECT FROM pg_rewrite WHERE ev_class = c.oid))::integer AS rules
  FROM pg_class c WHERE oid = to_regclass('entries')
  UNION ALL
  SELECT tgname::text, 'trigger', 0 FROM pg_trigger
  WHERE tgrelid = to_regclass('entries') AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgqual IS NULL`;
