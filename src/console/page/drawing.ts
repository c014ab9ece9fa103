/**
 * The drawing: the zone's offset over time as a line of steps, with source, result, gaps, folds and opening hours. A local
 * time in a gap stands on the offset that it was read with, where the clocks never were.
 */
import { s } from './dom.ts';
import { offsetText, wallClock } from './time.ts';
import { type Change, changeText, type OpenSpan, offsetIn, ticksOf, windowOf } from './timeline-scale.ts';

const HEIGHT = 270;
const SIDE = 14;
const LINE = { top: 96, bottom: 166 };
const BAND = { top: 196, height: 14 };
const FLOOR = 216;
const AXIS = 236;
/** Markers that are nearer than this, in units of the drawing, are told in one label. */
const TOGETHER = 3;

export interface Shown {
  zone: string;
  changes: Change[];
  /** The zone's offset in minutes where none of the changes tells it. */
  offset: number;
  /** Epoch milliseconds, like all moments here; undefined where it is not known. */
  source: number | undefined;
  result: number;
  /** The results after it. */
  following: number[];
  /** The local time that was asked for and does not exist, as if it were UTC. */
  skipped: number | undefined;
  /** Undefined where no opening hours are asked about. */
  open: ((window: { from: number; to: number }) => OpenSpan[]) | undefined;
}

/** `narrow` draws larger letters, for a phone. */
export function drawing(shown: Shown, narrow: boolean): SVGElement {
  const { zone, changes, source, result, skipped } = shown;
  const width = narrow ? 340 : 720;
  const window = windowOf(source === undefined ? [result] : [source, result], changes);
  const x = (at: number) => SIDE + ((at - window.from) / (window.to - window.from)) * (width - SIDE - SIDE);
  const offset = (at: number) => offsetIn(changes, at, shown.offset);
  const seen = changes.filter(({ at }) => at > window.from && at < window.to);
  const levels = [offset(window.from), ...seen.map(({ after }) => after)];
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const y = (minutes: number) =>
    high === low
      ? (LINE.top + LINE.bottom) / 2
      : LINE.bottom - ((minutes - low) / (high - low)) * (LINE.bottom - LINE.top);
  const fixed = (value: number) => value.toFixed(1);
  const anchor = (at: number) => (x(at) < width * 0.25 ? 'start' : x(at) > width * 0.75 ? 'end' : 'middle');
  const label = (at: number, top: number, css: string, text: string) =>
    s('text', { x: fixed(x(at)), y: fixed(top), class: css, 'text-anchor': anchor(at) }, text);

  const steps = seen.map(({ at, after }) => `H${fixed(x(at))}V${fixed(y(after))}`).join('');
  const line = `M${SIDE} ${fixed(y(offset(window.from)))}${steps}H${width - SIDE}`;

  /** The times that come twice, both times. */
  const fold = ({ at, before, after }: Change) => {
    const length = (before - after) * 60_000;
    const pass = (from: number, to: number, minutes: number) =>
      s('line', {
        x1: fixed(Math.max(SIDE, x(from))),
        x2: fixed(Math.min(width - SIDE, x(to))),
        y1: fixed(y(minutes)),
        y2: fixed(y(minutes)),
        class: 'fold',
      });
    return [pass(at - length, at, before), pass(at, at + length, after)];
  };
  const gap = ({ at, before, after }: Change) =>
    s('line', {
      x1: fixed(x(at)),
      x2: fixed(x(at)),
      y1: fixed(y(before)),
      y2: fixed(y(after)),
      class: 'gap',
    });

  const point = (at: number, css: string, level = y(offset(at))) =>
    s('circle', { cx: fixed(x(at)), cy: fixed(level), r: 6.5, class: css });
  const stem = (at: number, css: string, from: number) =>
    s('line', { x1: fixed(x(at)), x2: fixed(x(at)), y1: from, y2: FLOOR, class: `stem ${css}` });
  const told = (at: number, name: string) => {
    const { time, day } = wallClock(at, offset(at));
    return `${name} ${time}, ${day}`;
  };

  /** Beside the step, in its free corner, unless that is too near to an edge; of several, one higher and the next lower. */
  const changeLabel = (change: Change) => {
    const forward = change.after > change.before;
    const left = forward ? x(change.at) > 150 : x(change.at) > width - 150;
    const shift = seen.length < 2 ? 0 : seen.indexOf(change) % 2 === 0 ? -9 : 9;
    return s(
      'text',
      {
        x: fixed(x(change.at) + (left ? -9 : 9)),
        y: fixed((y(change.before) + y(change.after)) / 2 + 4 + shift),
        class: forward ? 'gap-label' : 'fold-label',
        'text-anchor': left ? 'end' : 'start',
      },
      changeText(change),
    );
  };

  const markers: SVGElement[] = [];
  if (skipped !== undefined) {
    markers.push(...ghost(skipped));
    markers.push(stem(result, 'result', 34), label(result, 28, 'result name', told(result, 'read as')));
  } else if (source === undefined || Math.abs(x(source) - x(result)) < TOGETHER) {
    const name = source === undefined ? 'result' : 'source = result';
    markers.push(stem(result, 'result', 34), label(result, 28, 'result name', told(result, name)));
  } else {
    markers.push(stem(source, 'source', 34), label(source, 28, 'source name', told(source, 'source')));
    markers.push(point(source, 'source'));
    markers.push(stem(result, 'result', 58), label(result, 52, 'result name', told(result, 'result')));
  }
  markers.push(point(result, 'result'));

  /** Where the time that was asked for would be if the clocks had not changed. */
  function ghost(local: number): SVGElement[] {
    const used = Math.round((local - result) / 60_000);
    const change = seen.find(({ before, after }) => before === used || after === used);
    if (change === undefined) return [];
    const level = y(used);
    const text = `asked for ${wallClock(local, 0).time}`;
    // Away from the line, which is on the other side of the step at this level.
    const ahead = result > change.at;
    return [
      s('line', {
        x1: fixed(x(change.at)),
        x2: fixed(x(result)),
        y1: fixed(level),
        y2: fixed(level),
        class: 'ghost',
      }),
      s('circle', { cx: fixed(x(result)), cy: fixed(level), r: 6.5, class: 'source' }),
      s(
        'text',
        {
          x: fixed(x(result) + (ahead ? 12 : -12)),
          y: fixed(level + 4),
          class: 'source name',
          'text-anchor': ahead ? 'start' : 'end',
        },
        text,
      ),
    ];
  }

  const ticks = ticksOf(window, offset(window.from), narrow ? 5 : 10);
  const longer = window.to - window.from > 3 * 86_400_000;
  const spans = shown.open?.(window) ?? [];
  const title = `The clocks of ${zone} from ${wallClock(window.from, offset(window.from)).date} to ${wallClock(window.to, offset(window.to)).date}`;

  return s(
    'svg',
    { viewBox: `0 0 ${width} ${HEIGHT}`, class: 'drawing', role: 'img', 'aria-label': title },
    s('title', {}, title),
    ...ticks.map((at) => s('line', { x1: fixed(x(at)), x2: fixed(x(at)), y1: 66, y2: FLOOR, class: 'grid' })),
    s('path', { d: `${line}V${FLOOR}H${SIDE}Z`, class: 'ground' }),
    s('line', { x1: SIDE, x2: width - SIDE, y1: FLOOR, y2: FLOOR, class: 'grid' }),
    ...spans.map(({ from, to }) =>
      s('rect', {
        x: fixed(x(from)),
        y: BAND.top,
        width: fixed(Math.max(1, x(to) - x(from))),
        height: BAND.height,
        rx: 3,
        class: 'open',
      }),
    ),
    shown.open === undefined
      ? null
      : s(
          'text',
          { x: SIDE, y: BAND.top - 5, class: 'caption' },
          spans.length > 0 ? 'open' : 'never open here',
        ),
    s('path', { d: line, class: 'offset' }),
    ...seen.flatMap((change) => (change.after > change.before ? [gap(change)] : fold(change))),
    ...levelLabels(levels, seen.length > 0, y, width),
    ...seen.map((change) => changeLabel(change)),
    ...shown.following
      .filter((at) => at > window.from && at < window.to)
      .map((at) => s('circle', { cx: fixed(x(at)), cy: fixed(y(offset(at))), r: 3.5, class: 'next' })),
    ...markers,
    ...ticks
      .filter((at) => x(at) > SIDE + 8 && x(at) < width - SIDE - 8)
      .map((at) => {
        const clock = wallClock(at, offset(at));
        const text = longer ? clock.day.slice(4) : clock.time;
        return s('text', { x: fixed(x(at)), y: AXIS, class: 'tick', 'text-anchor': 'middle' }, text);
      }),
    s('text', { x: SIDE, y: HEIGHT - 8, class: 'caption' }, `time on the clocks of ${zone}`),
  );
}

/** The first level is named where it begins, the others where the last of them ends. */
function levelLabels(
  levels: number[],
  changes: boolean,
  y: (minutes: number) => number,
  width: number,
): SVGElement[] {
  const text = (minutes: number, end: boolean) =>
    s(
      'text',
      {
        x: end ? width - SIDE : SIDE,
        y: (y(minutes) - 9).toFixed(1),
        class: 'level',
        'text-anchor': end ? 'end' : 'start',
      },
      offsetText(minutes),
    );
  const [first = 0] = levels;
  const rest = [...new Set(levels)].filter((minutes) => minutes !== first);
  return [text(first, false), ...(changes ? rest.map((minutes) => text(minutes, true)) : [])];
}
