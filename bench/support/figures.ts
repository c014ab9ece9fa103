/** One line of the table: a ratio or a figure, with the spread of its rounds. */
export interface Figure {
  row: string;
  /** What was measured, for people: `1,592 / 12,900 a second`. */
  measured: string;
  /** Of each round; their median is the figure. */
  values: number[];
  unit?: string;
  /** What it should at least (or, with `lower`, at most) be, and what would be better still. */
  atLeast?: number;
  goal?: number;
  lower?: boolean;
}

export const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** The rounds of two things that took turns, divided pair by pair, so that the machine's noise falls on both. */
export const ratios = (ones: number[], others: number[]): number[] =>
  ones.map((one, i) => one / (others[i] ?? NaN));

/**
 * Two things take turns, one after the other in each round; the first round warms both and does not count. Each gives its
 * rate in operations a second.
 */
export async function inTurns(
  rounds: number,
  one: () => Promise<{ perSecond: number }>,
  other: () => Promise<{ perSecond: number }>,
): Promise<Pick<Figure, 'measured' | 'values'>> {
  const [ones, others]: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round += 1) {
    const rates = [(await one()).perSecond, (await other()).perSecond] as const;
    if (round < 0) continue;
    ones.push(rates[0]);
    others.push(rates[1]);
  }
  return {
    measured: `${perSecond(median(ones))} / ${perSecond(median(others))} a second`,
    values: ratios(ones, others),
  };
}

const number = (value: number): string =>
  value >= 100
    ? Math.round(value).toLocaleString('en-US')
    : value >= 10
      ? value.toFixed(1)
      : value.toFixed(2);

export const perSecond = (value: number): string => Math.round(value).toLocaleString('en-US');

function verdict({ atLeast, goal, lower = false, values }: Figure): string {
  const value = median(values);
  const reaches = (wanted: number | undefined) =>
    wanted !== undefined && (lower ? value <= wanted : value >= wanted);
  if (atLeast === undefined) return '';
  return reaches(goal) ? 'goal' : reaches(atLeast) ? 'at least' : 'missed';
}

const bound = (value: number | undefined): string => (value === undefined ? '' : number(value));

/** A Markdown table. */
export function table(figures: Figure[]): string {
  const lines = figures.map((figure) => {
    const { row, measured, values, unit = '' } = figure;
    const spread = `${number(Math.min(...values))} to ${number(Math.max(...values))}`;
    const wanted = figure.atLeast === undefined ? '' : `${bound(figure.atLeast)} / ${bound(figure.goal)}`;
    return `| ${row} | ${measured} | ${number(median(values))}${unit} | ${values.length > 1 ? spread : ''} | ${wanted} | ${verdict(figure)} |`;
  });
  return [
    '| what | measured | median | spread | at least / goal | reached |',
    '|---|---|---:|---|---|---|',
    ...lines,
  ].join('\n');
}
