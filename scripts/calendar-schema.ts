/** Makes docs/calendar.schema.json, which editors check calendar files by: `npm run readme`, or with `--check` in CI. */
import { format, resolveConfig } from 'prettier';
import { CalendarFile } from '../src/services/calendars/schema.ts';
import { writeOrCheck } from './generated.ts';

const PATH = 'docs/calendar.schema.json';

const text = await format(JSON.stringify(CalendarFile), { ...(await resolveConfig(PATH)), parser: 'json' });
process.exitCode = writeOrCheck(PATH, text, 'npm run readme');
