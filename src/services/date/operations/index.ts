import { add } from './add.ts';
import { addBusinessDays } from './add-business-days.ts';
import { addBusinessTime } from './add-business-time.ts';
import { addOffset } from './add-offset.ts';
import { convert } from './convert.ts';
import { endOfUnit } from './end-of.ts';
import { nextOpening } from './next-opening.ts';
import { nextOccurrenceOperation } from './next-occurrence.ts';
import { round } from './round.ts';
import { startOfUnit } from './start-of.ts';
import { subtract } from './subtract.ts';
import { subtractBusinessDays } from './subtract-business-days.ts';
import { subtractOffset } from './subtract-offset.ts';
import { until } from './until.ts';

/** Every operation there is. A new one is a file beside these and a line here. */
export const operations = [
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
  nextOpening,
  addBusinessTime,
  nextOccurrenceOperation,
] as const;
