/** Whole numbers, the end excluded. */
export interface Span {
  from: number;
  to: number;
}

/**
 * What is left of each span where, of several that overlap, the last in the list holds; in order. The cost follows the number
 * of spans, however they overlap.
 */
export function disjoint<T extends Span>(spans: readonly T[]): T[] {
  const edges = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const index = new Map(edges.map((edge, i) => [edge, i]));
  /** Of the piece between an edge and the next, the span that holds. */
  const holder: (T | undefined)[] = edges.map(() => undefined);
  /** Of each piece, one at or after it that may still be free; followed until it leads to itself. */
  const onwards = edges.map((_, i) => i);
  const freeFrom = (piece: number): number => {
    let at = piece;
    for (let next = onwards[at]; next !== undefined && next !== at; next = onwards[at]) {
      onwards[at] = onwards[next] ?? next;
      at = next;
    }
    return at;
  };
  for (const span of spans.toReversed()) {
    const end = index.get(span.to) ?? 0;
    for (let piece = freeFrom(index.get(span.from) ?? 0); piece < end; piece = freeFrom(piece)) {
      holder[piece] = span;
      onwards[piece] = piece + 1;
    }
  }
  const left: T[] = [];
  let before: T | undefined;
  for (const [piece, span] of holder.entries()) {
    const [from = 0, to = 0] = [edges[piece], edges[piece + 1]];
    const last = left.at(-1);
    if (span !== undefined && span === before && last !== undefined) last.to = to;
    else if (span !== undefined) left.push({ ...span, from, to });
    before = span;
  }
  return left;
}
