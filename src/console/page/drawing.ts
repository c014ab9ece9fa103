/** The drawing: the zone's offset over time as a line of steps, with source, result, gaps, folds and opening hours. */
import { s } from './dom.ts';
import type { Previewed } from './preview.ts';
import type { SourceMoment } from './sentence.ts';
import { offsetText, wallClock } from './time.ts';
import {
  changesOf,
  changeText,
  type OpeningHours,
  offsetIn,
  openSpans,
  ticksOf,
  windowOf,
} from './timeline-scale.ts';

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 12;
const RIGHT = 12;
const LINE = { top: 74, bottom: 148 };
const BAND = { top: 172, height: 12 };
const AXIS = 206;

export interface Shown {
  zone: string;
  answer: Previewed;
  source: { moment: SourceMoment; answer: Previewed } | undefined;
  hours: OpeningHours[];
}

/** `narrow` draws larger letters, for a phone. */
export function drawing({ zone, answer, source, hours }: Shown, narrow: boolean): SVGElement | undefined {
  if (answer.output_instant === null) return undefined;
  const result = Date.parse(answer.output_instant);
  const changes = changesOf([
    answer.previous_transition,
    answer.next_transition,
    source?.answer.previous_transition,
    source?.answer.next_transition,
  ]);
  const moments = source === undefined ? [result] : [source.moment.epochMs, result];
  const window = windowOf(moments, changes);
  const width = narrow ? WIDTH / 2 : WIDTH;
  const x = (at: number) => LEFT + ((at - window.from) / (window.to - window.from)) * (width - LEFT - RIGHT);
  const offset = (at: number) => offsetIn(changes, at, answer.offset);
  const seen = changes.filter(({ at }) => at > window.from && at < window.to);
  const levels = [offset(window.from), ...seen.map(({ after }) => after)];
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const y = (minutes: number) =>
    high === low
      ? (LINE.top + LINE.bottom) / 2
      : LINE.bottom - ((minutes - low) / (high - low)) * (LINE.bottom - LINE.top);

  const steps = seen.map(({ at, after }) => `H${x(at).toFixed(1)}V${y(after).toFixed(1)}`).join('');
  const path = `M${LEFT} ${y(offset(window.from)).toFixed(1)}${steps}H${width - RIGHT}`;
  const anchor = (at: number) => (x(at) < width * 0.2 ? 'start' : x(at) > width * 0.8 ? 'end' : 'middle');
  const label = (at: number, top: number, css: string, text: string) =>
    s('text', { x: x(at).toFixed(1), y: top, class: css, 'text-anchor': anchor(at) }, text);

  const marker = (at: number, css: string, name: string, above: boolean) => {
    const clock = wallClock(at, offset(at));
    const level = y(offset(at));
    const top = above ? 30 : 48;
    return s(
      'g',
      { class: css },
      s('line', { x1: x(at), x2: x(at), y1: top + 5, y2: AXIS - 16, class: 'marker' }),
      s('circle', { cx: x(at), cy: level, r: 6 }),
      label(at, top, 'name', `${name} ${clock.time}, ${clock.day}`),
    );
  };
  const ticks = ticksOf(window, offset(window.from), narrow ? 4 : 8);
  const longer = window.to - window.from > 3 * 86_400_000;
  const title = `The clocks of ${zone} from ${wallClock(window.from, offset(window.from)).date} to ${wallClock(window.to, offset(window.to)).date}`;
  const spans = openSpans(hours, window, offset);

  return s(
    'svg',
    { viewBox: `0 0 ${width} ${HEIGHT}`, class: 'drawing', role: 'img', 'aria-label': title },
    s('title', {}, title),
    ...ticks.map((at) =>
      s('line', { x1: x(at), x2: x(at), y1: LINE.top - 14, y2: AXIS - 14, class: 'grid' }),
    ),
    ...spans.map(({ from, to }) =>
      s('rect', {
        x: x(from).toFixed(1),
        y: BAND.top,
        width: Math.max(1, x(to) - x(from)).toFixed(1),
        height: BAND.height,
        rx: 2,
        class: 'open',
      }),
    ),
    hours.length > 0 ? s('text', { x: LEFT, y: BAND.top - 5, class: 'caption' }, 'open') : null,
    ...seen.map((change) =>
      s(
        'g',
        { class: change.after > change.before ? 'gap' : 'fold' },
        s('line', { x1: x(change.at), x2: x(change.at), y1: y(change.before), y2: y(change.after) }),
      ),
    ),
    s('path', { d: path, class: 'offset' }),
    ...[...new Set(levels)].map((minutes) => levelLabel(minutes, y(minutes), width)),
    ...seen.map((change) =>
      label(
        change.at,
        Math.max(y(change.before), y(change.after)) + 18,
        change.after > change.before ? 'gap-label' : 'fold-label',
        changeText(change),
      ),
    ),
    source === undefined ? null : marker(source.moment.epochMs, 'source', 'source', true),
    marker(result, 'result', 'result', false),
    ...ticks.map((at) => {
      const clock = wallClock(at, offset(at));
      return label(at, AXIS, 'tick', longer ? clock.day.slice(4) : clock.time);
    }),
    s('text', { x: LEFT, y: HEIGHT - 8, class: 'caption' }, `time in ${zone}`),
  );
}

const levelLabel = (minutes: number, y: number, width: number) =>
  s('text', { x: width - RIGHT, y: y - 8, class: 'level', 'text-anchor': 'end' }, offsetText(minutes));
