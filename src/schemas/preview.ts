import { Type } from '@sinclair/typebox';
import { computedFields } from './audit-record.ts';
import { NextTransition } from './next-transition.ts';

/** What a preview answers: the computed part of an audit record. */
export const Preview = Type.Object({ ...computedFields, next_transition: NextTransition });
