/** So many that two writers seldom meet at one. */
export const ACTIONS = 500;

export const actionName = (n: number): string => `Bulk_${String(n % ACTIONS).padStart(4, '0')}`;

const manipulation = (action_name: string): string =>
  JSON.stringify({
    action_name,
    source_timestamp: '2024-02-29T15:30:00.000Z',
    target_timezone: 'America/New_York',
    operation: 'ADD_OFFSET',
    offset_minutes: 120,
  });

/** What callers send: the bodies take turns. */
export const WORKLOADS = {
  manipulations: {
    path: '/manipulations',
    bodies: Array.from({ length: ACTIONS }, (_, n) => manipulation(actionName(n))),
  },
  /** All of them want the same action. */
  contended: { path: '/manipulations', bodies: [manipulation(actionName(0))] },
  previews: {
    path: '/manipulations/preview',
    bodies: Array.from({ length: ACTIONS }, (_, n) =>
      JSON.stringify({
        source_timestamp: new Date(Date.UTC(2024, 0, 1) + n * 3_600_000).toISOString(),
        target_timezone: 'America/New_York',
        operation: 'ADD_OFFSET',
        offset_minutes: 120,
      }),
    ),
  },
} as const;

export type Workload = keyof typeof WORKLOADS;
