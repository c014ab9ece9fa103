import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type StaticBody, staticBody } from '../shared/static-body.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/javascript; charset=utf-8',
};

/**
 * The files of the page by name, made once when the first of them is asked for. A browser gets the modules as they stand
 * in `page/`, without their types: there is no build step, and what one reads here is what runs there.
 */
export function consoleAssets(
  folder = fileURLToPath(new URL('page/', import.meta.url)),
): (name: string) => StaticBody | undefined {
  let assets: Map<string, StaticBody> | undefined;
  return (name) => (assets ??= read(folder)).get(name);
}

function read(folder: string): Map<string, StaticBody> {
  const names = readdirSync(folder).filter((name) => TYPES[extname(name)] !== undefined);
  return new Map(names.map((name) => [name, asset(join(folder, name))]));
}

/** Node calls this experimental in a warning on stderr, which would look like a fault of the service in its log. */
function withoutTypes(text: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function asset(path: string): StaticBody {
  const extension = extname(path);
  const text = readFileSync(path, 'utf8');
  return staticBody(
    TYPES[extension] ?? 'application/octet-stream',
    extension === '.ts' ? withoutTypes(text) : text,
  );
}
