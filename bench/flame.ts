/**
 * Draws a CPU profile of Node (`node --cpu-prof`) as a flame graph: `node bench/flame.ts FILE.cpuprofile OUT.svg [TITLE]`.
 * Width is time on the thread; idle time and the start, the first part of the profile, are left out.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
}

interface Frame {
  name: string;
  kind: string;
  micros: number;
  children: Map<string, Frame>;
}

const WIDTH = 1_200;
const ROW = 16;
/** Frames narrower than this, in pixels, are not drawn. */
const NARROWEST = 1.5;
/** The part of the profile in which the service starts and warms up. */
const START = 0.4;

const COLOURS: Record<string, string> = {
  service: '#e4572e',
  library: '#f3a712',
  node: '#a8c686',
  engine: '#669bbc',
};

const [file, out, title = 'CPU'] = process.argv.slice(2);
if (file === undefined || out === undefined) {
  console.error('usage: node bench/flame.ts FILE.cpuprofile OUT.svg [TITLE]');
  process.exit(2);
}
const root = framesOf(JSON.parse(readFileSync(file, 'utf8')) as Profile);
writeFileSync(out, svgOf(root, title));

function framesOf({ nodes, samples, timeDeltas }: Profile): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const all: Frame = { name: 'all', kind: 'engine', micros: 0, children: new Map() };
  const whole = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  let passed = 0;
  for (const [at, id] of samples.entries()) {
    const delta = timeDeltas[at] ?? 0;
    passed += delta;
    const stack: { functionName: string; url: string }[] = [];
    for (let node: number | undefined = id; node !== undefined; node = parents.get(node)) {
      const frame = byId.get(node)?.callFrame;
      if (frame !== undefined && frame.functionName !== '(root)') stack.unshift(frame);
    }
    if (passed < START * whole || stack.at(-1)?.functionName === '(idle)') continue;
    all.micros += delta;
    let into = all;
    for (const { functionName, url } of stack) {
      const name = functionName || '(anonymous)';
      const key = `${name} ${url}`;
      const child = into.children.get(key) ?? {
        name,
        kind: kindOf(url),
        micros: 0,
        children: new Map<string, Frame>(),
      };
      child.micros += delta;
      into.children.set(key, child);
      into = child;
    }
  }
  return all;
}

function kindOf(url: string): string {
  if (url.startsWith('node:')) return 'node';
  if (url === '' || url.startsWith('wasm:')) return 'engine';
  return url.includes('node_modules') ? 'library' : 'service';
}

function svgOf(whole: Frame, name: string): string {
  const boxes: string[] = [];
  let deepest = 0;
  const draw = (frame: Frame, x: number, depth: number): void => {
    const width = (frame.micros / whole.micros) * WIDTH;
    if (width < NARROWEST) return;
    deepest = Math.max(deepest, depth);
    const percent = ((frame.micros / whole.micros) * 100).toFixed(1);
    const y = 24 + depth * ROW;
    const letters = Math.floor((width - 4) / 6.4);
    boxes.push(
      `<g><title>${escape(frame.name)} ${percent} %</title><rect x="${x.toFixed(1)}" y="${y}" width="${(width - 0.5).toFixed(1)}" height="${ROW - 1}" fill="${COLOURS[frame.kind] ?? ''}"/>${letters < 3 ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + 11}">${escape(frame.name.slice(0, letters))}</text>`}</g>`,
    );
    let left = x;
    for (const child of [...frame.children.values()].sort((a, b) => b.micros - a.micros)) {
      draw(child, left, depth + 1);
      left += (child.micros / whole.micros) * WIDTH;
    }
  };
  draw(whole, 0, 0);
  const height = 32 + (deepest + 1) * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="10"><rect width="${WIDTH}" height="${height}" fill="#fff"/><text x="4" y="15" font-size="12">${escape(name)}</text>${boxes.join('')}</svg>\n`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
