import type { Backend } from './backend.ts';
import { coordinatorContract } from './coordinator.ts';
import { historyContract } from './history.ts';
import { idempotencyContract } from './idempotency.ts';
import { listContract } from './list.ts';
import { outboxContract } from './outbox.ts';
import { recordsContract } from './records.ts';
import { leasesContract } from './leases.ts';

/** What every ledger does, whatever it stands on. */
export function ledgerContract(backend: Backend): void {
  recordsContract(backend);
  idempotencyContract(backend);
  leasesContract(backend);
  listContract(backend);
  historyContract(backend);
  outboxContract(backend);
  coordinatorContract(backend);
}
