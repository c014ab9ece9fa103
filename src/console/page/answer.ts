/** What the service made of a request, for people: the value, a sentence, the drawing, and the same on other clocks. */
import { pathOf, problemPath } from './address.ts';
import type { Problem } from './api.ts';
import { copyButton, h, headRow } from './dom.ts';
import { drawing } from './drawing.ts';
import type { Previewed, PreviewAnswer } from './preview.ts';
import { nextChange, sentences } from './sentence.ts';
import { askedLocal, sourceZone } from './source.ts';
import { inZone, lengthText, offsetText, stampText } from './time.ts';
import {
  type Change,
  changesOf,
  type OpeningHours,
  type OpenSpan,
  offsetIn,
  openSpans,
  type SpecialDays,
} from './timeline-scale.ts';

export interface Answered {
  request: Record<string, unknown>;
  answer: Previewed;
  /** The source on the target zone's clock, and on that of its own zone. */
  source: Previewed | undefined;
  own: Previewed | undefined;
  /** The same request on the following days. */
  following: Previewed[];
  /** What is open: the request's week with its special days, or the spans of its calendar. Undefined where none is asked about. */
  hours: { week: OpeningHours[]; special: SpecialDays } | { spans: OpenSpan[] } | undefined;
}

const RESOLUTIONS: Record<string, string> = {
  gap_shifted: 'gap shifted',
  fold_earlier: 'fold, the earlier',
  fold_later: 'fold, the later',
};
const NOTES: Record<string, string> = {
  gap_shifted: 'gap',
  fold_earlier: '1st of 2',
  fold_later: '2nd of 2',
};
/** It is no trap of this request: it is told beside the release. */
const OF_THE_SERVICE = 'OLD_TZDB';

export function answerCard(answered: Answered): HTMLElement {
  const { request, answer, source } = answered;
  const moment =
    source?.output_instant == null
      ? undefined
      : { epochMs: Date.parse(source.output_instant), offset: source.offset };
  const [first = '', ...rest] = sentences(request, answer, moment, answered.own);
  const warnings = answer.warnings.filter(({ code }) => code !== OF_THE_SERVICE);
  const settled = RESOLUTIONS[answer.resolution];
  return h(
    'section',
    { class: 'card answer-card', 'aria-label': 'Result' },
    h(
      'div',
      { class: 'headline' },
      h('output', { class: 'value', for: 'field-source_timestamp' }, String(answer.output_timestamp)),
      settled === undefined ? null : h('span', { class: 'badge wait' }, settled),
      answer.leap_day ? h('span', { class: 'badge plain-badge' }, 'leap day') : null,
      copyButton('Copy link', () => location.href),
    ),
    h('p', { class: 'sentence' }, h('span', { class: 'lead' }, first), ...rest.map((line) => ` ${line}`)),
    ...warnings.map(({ code, detail }) =>
      h('p', { class: 'warning' }, h('strong', {}, code.replaceAll('_', ' ').toLowerCase()), ': ', detail),
    ),
    stateLine(answer),
    picture(answered),
    stepsOf(answer),
    resultTable(answered),
    factsOf(answer),
  );
}

export const problemCard = ({ title, detail, code, errors = [] }: Problem): HTMLElement =>
  h(
    'section',
    { class: 'card problem', 'aria-label': 'Problem' },
    h('p', { class: 'code' }, code),
    h('h2', {}, title),
    h('p', {}, detail),
    errors.length < 2
      ? null
      : h(
          'ul',
          {},
          errors.map(({ path, message }) => h('li', {}, h('code', {}, path), ` ${message}`)),
        ),
    /^[A-Z]+(_[A-Z]+)*$/.test(code) && code !== 'UNREACHABLE'
      ? h('p', { class: 'hint' }, h('a', { href: problemPath(code) }, 'What it means and what to do'))
      : null,
  );

/** The zone where something happens to the source's local time is the one to draw; else it is the target. */
function picture({ request, answer, source, own, following, hours }: Answered): HTMLElement | null {
  if (answer.output_instant === null) return null;
  const settledElsewhere = answer.resolution !== 'exact' && own !== undefined;
  const zone = settledElsewhere ? sourceZone(request) : String(request['target_timezone']);
  const on = settledElsewhere ? own : source;
  const changes = changesOf(
    [...(settledElsewhere ? [] : [answer, ...following]), ...(on === undefined ? [] : [on])].flatMap(
      ({ previous_transition, next_transition }) => [previous_transition, next_transition],
    ),
  );
  const shown = {
    zone,
    changes,
    offset: settledElsewhere ? own.offset : answer.offset,
    source: source?.output_instant == null ? undefined : Date.parse(source.output_instant),
    result: Date.parse(answer.output_instant),
    following: (answer.occurrences ?? []).slice(1).map(({ output_instant }) => Date.parse(output_instant)),
    skipped:
      answer.resolution === 'gap_shifted' && request['operation'] === 'CONVERT'
        ? askedLocal(request)
        : undefined,
    open: hours === undefined ? undefined : spansOf(hours, changes, answer.offset),
  };
  const next = nextChange(answer);
  return h(
    'figure',
    {},
    h('div', { class: 'wide-only' }, drawing(shown, false)),
    h('div', { class: 'narrow-only' }, drawing(shown, true)),
    next === undefined || settledElsewhere ? null : h('figcaption', { class: 'hint' }, next),
  );
}

/** A calendar's spans are known; those of a request's hours follow from the zone's offsets. */
const spansOf =
  (hours: NonNullable<Answered['hours']>, changes: Change[], fallback: number) =>
  (window: { from: number; to: number }): OpenSpan[] =>
    'spans' in hours
      ? hours.spans.flatMap(({ from, to }) =>
          to > window.from && from < window.to
            ? [{ from: Math.max(from, window.from), to: Math.min(to, window.to) }]
            : [],
        )
      : openSpans(hours.week, window, (at) => offsetIn(changes, at, fallback), hours.special);

function stateLine({ state, calendar }: PreviewAnswer): HTMLElement | null {
  if (state === null || state === undefined) return null;
  const until = state.changes_at === null ? '' : `, until ${stampText(state.changes_at)}`;
  const length = state.seconds_until_change === null ? '' : ` (${lengthText(state.seconds_until_change)})`;
  return h(
    'p',
    {},
    h('span', { class: state.open ? 'badge ok' : 'badge off' }, state.open ? 'open' : 'closed'),
    ` at the source${until}${length}${state.reason === null ? '' : `: ${state.reason}`}. `,
    calendar === null
      ? null
      : h(
          'a',
          { href: pathOf({ page: 'calendars', name: calendar.name, month: undefined }) },
          `Calendar ${calendar.name}`,
        ),
  );
}

const stepsOf = ({ steps }: PreviewAnswer): HTMLElement | null =>
  steps === null
    ? null
    : h(
        'ol',
        { class: 'steps', 'aria-label': 'Steps' },
        steps.map(({ operation, output_timestamp }) =>
          h('li', {}, h('span', {}, operation), ' ', h('code', {}, String(output_timestamp))),
        ),
      );

/** The next results, in the target zone, in UTC and on the viewer's own clock. */
function resultTable({ request, answer, following }: Answered): HTMLElement | null {
  const zone = String(request['target_timezone']);
  const recurs = answer.occurrences !== undefined;
  const all = answer.occurrences ?? [answer, ...following];
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clocks = [
    { name: zone, timeZone: zone },
    { name: 'UTC', timeZone: 'UTC' },
    { name: `${own} (yours)`, timeZone: own },
  ].filter(({ timeZone }, i, list) => list.findIndex((one) => one.timeZone === timeZone) === i);
  const rows = all.map((one) => {
    const instant = one.output_instant;
    const cells =
      instant === null
        ? [{ name: 'Result', text: String(one.output_timestamp) }]
        : clocks.map(({ name, timeZone }) => ({ name, text: inZone(instant, timeZone) ?? '—' }));
    const note = 'resolution' in one ? NOTES[one.resolution] : undefined;
    return { cells, note };
  });
  const [head] = rows;
  if (head === undefined || (answer.output_instant === null && rows.length < 2)) return null;
  const title = recurs
    ? `The next ${rows.length} occurrences`
    : rows.length > 1
      ? 'The same on the following days'
      : 'On other clocks';
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title },
      h(
        'table',
        { class: 'stack' },
        h('caption', {}, title),
        headRow(head.cells.map(({ name }) => name)),
        h(
          'tbody',
          {},
          rows.map(({ cells, note }) =>
            h(
              'tr',
              {},
              cells.map(({ name, text }, i) =>
                h(
                  'td',
                  { 'data-name': name },
                  h(
                    'span',
                    {},
                    text,
                    i === 0 && note !== undefined ? [' ', h('span', { class: 'badge wait' }, note)] : null,
                  ),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
    alsoIn(answer),
  );
}

const alsoIn = ({ also_in = [] }: PreviewAnswer): HTMLElement | null =>
  also_in.length === 0
    ? null
    : h(
        'dl',
        { 'aria-label': 'Also in' },
        also_in.map(({ timezone, output_timestamp }) => [
          h('dt', {}, timezone),
          h('dd', {}, h('code', {}, String(output_timestamp))),
        ]),
      );

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function factsOf(answer: Previewed): HTMLElement {
  const { discarded_nanoseconds: discarded, fields } = answer;
  const facts: [string, string][] = [
    ['The local time was', RESOLUTIONS[answer.resolution] ?? 'read as it stands'],
    ...(fields === null
      ? []
      : ([
          ['Offset there', offsetText(answer.offset)],
          ['Weekday', WEEKDAYS[fields.weekday - 1] ?? ''],
          ['ISO week', `${fields.iso_year}-W${String(fields.iso_week).padStart(2, '0')}`],
          ['Day of the year', String(fields.day_of_year)],
        ] satisfies [string, string][])),
    ['Leap day', answer.leap_day ? 'yes' : 'no'],
    ['Cut off', discarded === 0 ? 'nothing' : `${discarded} ns`],
    [
      'Second opinion',
      answer.accuracy_valid ? 'an independent reading of the value agrees' : 'does not agree',
    ],
    ['tz database', answer.tzdb_version],
  ];
  const old = answer.warnings.find(({ code }) => code === OF_THE_SERVICE);
  return h(
    'details',
    {},
    h('summary', {}, 'Details'),
    h('dl', {}, ...facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    old === undefined ? null : h('p', { class: 'hint' }, old.detail),
  );
}
