import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Frames below these are the framework's. */
const FRAMES = 8;
const FRAME = /(file:\/\/[^\s()]+\.js):(\d+):(\d+)/;

/**
 * Where an error of our own came from: the first frames of its stack, of a bundle in the lines of its sources. The map is
 * read only here, as Node's own --enable-source-maps costs a third of the start and 90 MB.
 */
export function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined;
  return error.stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, FRAMES)
    .map(mapped)
    .join('\n');
}

function mapped(frame: string): string {
  const [at, url = '', line = '', column = ''] = FRAME.exec(frame) ?? [];
  if (at === undefined) return frame;
  try {
    const file = fileURLToPath(url);
    const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload);
    const origin = map.findOrigin(Number(line), Number(column));
    if (!('fileName' in origin)) return frame;
    return frame.replace(
      at,
      `${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`,
    );
  } catch {
    // Without a source map the frame stays as it is.
    return frame;
  }
}
