const LONGEST = 300;
/** A cause of a cause of a cause says no more. */
const DEEPEST = 4;

/**
 * Why something failed, in one line: the messages of an error and its causes, without stacks and without the objects that
 * drivers hang on their errors.
 */
export function causeOf(error: unknown): string {
  const messages: string[] = [];
  let next = error;
  for (let depth = 0; depth < DEEPEST && next instanceof Error; depth += 1) {
    const text = messageOf(next);
    if (text !== '' && !messages.some((message) => message.includes(text))) messages.push(text);
    next = next.cause;
  }
  const text = messages.length > 0 ? messages.join(': ') : String(error);
  return withoutPasswords(text.replaceAll(/\s+/g, ' ')).slice(0, LONGEST);
}

function messageOf(error: Error): string {
  const { code } = error as { code?: unknown };
  // A connection that failed at every address has its reasons inside and no message of its own.
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0] as Error);
  return typeof code === 'string' && !error.message.includes(code)
    ? `${error.message} (${code})`
    : error.message;
}

/** A URL in a driver's message may carry the credentials that it was given. */
const withoutPasswords = (text: string) => text.replaceAll(/(\w+:\/\/)[^\s/@]*@/g, '$1');
