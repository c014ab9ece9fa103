/** The line (from 1) on which the value at a JSON pointer stands; that of the nearest container when it is not there. */
export function lineOf(text: string, pointer: string): number {
  const wanted = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at = 0;

  function skipSpace(): void {
    while (/\s/.test(text[at] ?? '')) at++;
  }
  function readString(): string {
    const start = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    return JSON.parse(text.slice(start, at)) as string;
  }
  /** Leaves `at` where the value begins when it is the wanted one. */
  function find(depth: number): number | undefined {
    skipSpace();
    const start = at;
    if (depth === wanted.length) return start;
    const opener = text[at];
    if (opener === '"') {
      readString();
      return undefined;
    }
    if (opener !== '{' && opener !== '[') {
      while (at < text.length && !/[,\]}\s]/.test(text[at] ?? '')) at++;
      return undefined;
    }
    at++;
    for (let index = 0; ; index++) {
      skipSpace();
      if (at >= text.length || text[at] === '}' || text[at] === ']') break;
      let key = String(index);
      if (opener === '{') {
        key = readString();
        skipSpace();
        at++;
      }
      const found = find(key === wanted[depth] ? depth + 1 : Infinity);
      if (found !== undefined) return found;
      if (key === wanted[depth]) return start;
      skipSpace();
      if (text[at] === ',') at++;
    }
    at++;
    return Number.isFinite(depth) ? start : undefined;
  }

  const found = find(0) ?? 0;
  return text.slice(0, found).split('\n').length;
}
