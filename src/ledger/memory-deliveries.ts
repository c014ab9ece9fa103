import type { Clock, DeliveryState, Notification } from '../services/ports.ts';
import { type DeliveryStore, LEASE_MS } from './outbox/deliveries.ts';
import type { DueStore } from './outbox/due-loop.ts';

export interface MemoryDelivery {
  notification: Notification;
  status: DeliveryState['status'];
  attempts: number;
  answered: boolean;
  createdAt: number;
  dueAt: number;
  failedAt: number;
  error: string;
}

export const stateOf = ({ notification, status, attempts }: MemoryDelivery): DeliveryState => ({
  id: notification.id,
  status,
  attempts,
});

/** The outbox's rows in memory. `changed` is called when something may be due sooner. */
export function createMemoryDeliveries(clock: Pick<Clock, 'now'>, changed: () => void) {
  const all = new Map<string, MemoryDelivery>();
  const pending = () =>
    [...all.values()]
      .filter(({ status }) => status === 'pending')
      .sort((one, other) => one.dueAt - other.dueAt);

  return {
    add(notification: Notification): MemoryDelivery {
      const createdAt = clock.now();
      const delivery: MemoryDelivery = {
        notification,
        status: 'pending',
        attempts: 0,
        answered: false,
        createdAt,
        dueAt: createdAt + LEASE_MS,
        failedAt: 0,
        error: '',
      };
      all.set(notification.id, delivery);
      return delivery;
    },
    async oldest() {
      const waiting = pending().map(({ createdAt }) => createdAt);
      return waiting.length === 0 ? null : Math.min(...waiting);
    },
    async settle(id, settlement) {
      const delivery = all.get(id);
      if (delivery === undefined) return;
      delivery.attempts += 1;
      delivery.status = settlement.status;
      if (settlement.status === 'delivered') delivery.answered = settlement.answered;
      else delivery.error = settlement.error;
      if (settlement.status === 'pending') delivery.dueAt = settlement.dueAt;
      if (settlement.status === 'failed') delivery.failedAt = settlement.failedAt;
      changed();
    },
    async state(id) {
      const delivery = all.get(id);
      return delivery === undefined ? null : stateOf(delivery);
    },
    async deadLetters(limit) {
      return [...all.values()]
        .filter(({ status }) => status === 'failed')
        .sort((one, other) => other.failedAt - one.failedAt)
        .slice(0, limit)
        .map(({ notification, attempts, error, failedAt }) => ({
          id: notification.id,
          request_id: notification.request_id,
          attempts,
          last_error: error,
          failed_at: new Date(failedAt).toISOString(),
        }));
    },
    async resend(ids) {
      const dead = ids.flatMap((id) => all.get(id) ?? []).filter(({ status }) => status === 'failed');
      for (const delivery of dead)
        Object.assign(delivery, { status: 'pending', attempts: 0, dueAt: clock.now() });
      changed();
      return dead.length;
    },
    async leaseDue(limit) {
      const now = clock.now();
      const due = pending().filter(({ dueAt }) => dueAt <= now);
      return due.slice(0, limit).map((delivery) => {
        delivery.dueAt = now + LEASE_MS;
        return { notification: delivery.notification, attempts: delivery.attempts };
      });
    },
    async nextDue() {
      return pending()[0]?.dueAt ?? null;
    },
  } satisfies DeliveryStore & DueStore & Record<string, unknown>;
}
