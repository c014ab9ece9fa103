/**
 * A process that manipulates a ledger until it is killed, or until nothing can be written for a while. Tells of each
 * acknowledged record, and of each refusal, in a line. `node sqlite-child.ts URL`
 */
import { openTestLedger } from './storage.ts';
import { claim, intent, outcome } from './support.ts';

// A limit on the size of files announces itself by this signal before the write fails.
process.on('SIGXFSZ', () => undefined);

const [databaseUrl = ''] = process.argv.slice(2);
const ledger = await openTestLedger({ databaseUrl });
const say = (line: string) => void process.stdout.write(`${line}\n`);
say('open');
let refusedInARow = 0;

async function lane(): Promise<void> {
  while (refusedInARow < 50) {
    const begun = intent();
    try {
      await ledger.begin(begun, { claim: claim(begun.request_id), webhookUrl: null });
      say(`begun ${begun.request_id}`);
      await ledger.dispatch(begun.request_id);
      await ledger.complete(begun, outcome(), null);
      say(`done ${begun.request_id}`);
      refusedInARow = 0;
    } catch (error) {
      say(`refused ${String(error)}`);
      refusedInARow += 1;
      await new Promise(setImmediate);
    }
  }
}

await Promise.all(Array.from({ length: 8 }, lane));
await ledger.close();
say('closed');
