/**
 * A second opinion. Nothing here is shared with the computation: the calendar is V8's Date, the zones are Intl's, and all
 * text is read by patterns of its own. The import check keeps it so.
 */
export { isDurationAccurate, isLengthAccurate } from './duration.ts';
export { expectedInstant } from './expected.ts';
export { isInstantAccurate } from './instant.ts';
