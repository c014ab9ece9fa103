import { it } from 'node:test';
import { goldenSuite } from './golden.ts';
import { runtimeHasTemporal } from './on-both.ts';

if (runtimeHasTemporal) await goldenSuite('native');
else it('golden cases on native Temporal', { skip: 'this runtime has none' }, () => undefined);
