import { goldenSuite } from './golden.ts';
import { withoutNativeTemporal } from './on-both.ts';

withoutNativeTemporal();
await goldenSuite('polyfill');
