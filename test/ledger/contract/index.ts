import type { Backend } from './backend.ts';
import { coordinatorContract } from './coordinator.ts';
import { idempotencyContract } from './idempotency.ts';
import { listContract } from './list.ts';
import { outboxContract } from './outbox.ts';
import { recordsContract } from './records.ts';
import { unfinishedContract } from './unfinished.ts';

/** What every ledger does, whatever it stands on. */
export function ledgerContract(backend: Backend): void {
  recordsContract(backend);
  idempotencyContract(backend);
  unfinishedContract(backend);
  listContract(backend);
  outboxContract(backend);
  coordinatorContract(backend);
}
