import { add } from './add.ts';
import { addBusinessDays } from './add-business-days.ts';
import { addBusinessTime } from './add-business-time.ts';
import { addOffset } from './add-offset.ts';
import { convert } from './convert.ts';
import { endOfUnit } from './end-of.ts';
import { businessDaysUntil } from './business-days-until.ts';
import { businessTimeUntil } from './business-time-until.ts';
import { nextClosing } from './next-closing.ts';
import { nextOpening } from './next-opening.ts';
import { nextOccurrenceOperation } from './next-occurrence.ts';
import { round } from './round.ts';
import { rollToBusinessDay } from './roll-to-business-day.ts';
import { sequenceOf } from './sequence.ts';
import { startOfUnit } from './start-of.ts';
import { subtract } from './subtract.ts';
import { subtractBusinessDays } from './subtract-business-days.ts';
import { subtractBusinessTime } from './subtract-business-time.ts';
import { subtractOffset } from './subtract-offset.ts';
import { until } from './until.ts';

/** Every operation that can be a step of a sequence. A new one is a file beside these and a line here. */
const steps = [
  convert,
  addOffset,
  subtractOffset,
  add,
  subtract,
  round,
  startOfUnit,
  endOfUnit,
  until,
  addBusinessDays,
  subtractBusinessDays,
  rollToBusinessDay,
  businessDaysUntil,
  nextOpening,
  nextClosing,
  addBusinessTime,
  subtractBusinessTime,
  businessTimeUntil,
  nextOccurrenceOperation,
] as const;

/** Every operation there is. */
export const operations = [...steps, sequenceOf(steps)] as const;
