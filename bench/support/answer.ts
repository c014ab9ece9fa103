/** For a child process of a bench: runs each message's load, answers what came of it, and ends with its parent. */
export function answerLoads(run: (load: never) => Promise<unknown>): void {
  process.on('message', (load) => {
    run(load as never).then(
      (answer) => process.send?.(answer),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ ready: true });
}
