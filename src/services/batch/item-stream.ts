import { malformed, Problem } from '../../errors.ts';

/** How a batch's body marks off its items. */
export type ItemFormat = 'json-array' | 'ndjson';

export interface ItemLimits {
  bodyBytes: number;
  /** Characters of one item. */
  itemLength: number;
}

/**
 * The JSON text of each item of a batch, cut out of the body as it arrives, so that a body of any length takes the
 * memory of one item. Items are not parsed here: one that is malformed fails alone.
 * @throws Problem `VALIDATION_FAILED` for a body that is not what its format says, `PAYLOAD_TOO_LARGE` beyond a limit
 */
export async function* itemTexts(
  body: AsyncIterable<Uint8Array>,
  format: ItemFormat,
  limits: ItemLimits,
): AsyncGenerator<string, void> {
  const characters = decode(body, limits.bodyBytes);
  yield* format === 'ndjson' ? lines(characters, limits) : elements(characters, limits);
}

const tooLarge = (what: string) =>
  new Problem('PAYLOAD_TOO_LARGE', `${what} Send the rest in another batch.`);

async function* decode(body: AsyncIterable<Uint8Array>, bodyBytes: number): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > bodyBytes) throw tooLarge(`The body is larger than ${bodyBytes} bytes.`);
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw malformed('The body is not UTF-8.');
    throw error;
  }
}

/** One item a line; empty lines are passed over (as is usual for application/x-ndjson). */
async function* lines(characters: AsyncIterable<string>, limits: ItemLimits): AsyncGenerator<string, void> {
  let rest = '';
  for await (const chunk of characters) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > limits.itemLength)
      throw tooLarge(`A line is longer than ${limits.itemLength} characters.`);
    for (const line of parts) if (line.trim() !== '') yield line;
  }
  if (rest.trim() !== '') yield rest;
}

/** The elements of one JSON array: cut at the commas that stand in no string, no object and no inner array. */
async function* elements(
  characters: AsyncIterable<string>,
  limits: ItemLimits,
): AsyncGenerator<string, void> {
  let state = 'before' as 'before' | 'inside' | 'after';
  let depth = 0;
  let inString = false;
  let escaped = false;
  let text = '';
  let any = false;

  for await (const chunk of characters) {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const character = chunk[at] ?? '';
      if (state !== 'inside') {
        if (isSpace(character)) continue;
        if (state === 'after') throw malformed('Something follows the array. Send one JSON array.');
        if (character !== '[')
          throw malformed('The body is not a JSON array. Send [ {…}, {…} ], or application/x-ndjson.');
        state = 'inside';
        from = at + 1;
      } else if (inString) {
        if (escaped) escaped = false;
        else if (character === '\\') escaped = true;
        else if (character === '"') inString = false;
      } else if (character === '"') {
        inString = true;
      } else if (character === '{' || character === '[') {
        depth += 1;
      } else if (depth > 0) {
        if (character === '}' || character === ']') depth -= 1;
      } else if (character === ',' || character === ']') {
        text += chunk.slice(from, at);
        from = at + 1;
        if (character === ']') state = 'after';
        text = text.trim();
        if (character === ',' || any || text !== '') yield text;
        any = true;
        text = '';
      }
    }
    // White space before an item is none of it.
    if (state === 'inside') text = (text + chunk.slice(from)).trimStart();
    if (text.length > limits.itemLength)
      throw tooLarge(`An item is longer than ${limits.itemLength} characters.`);
  }
  if (state === 'before') throw malformed('The body is empty. Send a JSON array of manipulations.');
  if (state === 'inside') throw malformed('The array is not closed: the body was cut off.');
}

const isSpace = (character: string) =>
  character === ' ' ||
  character === '\n' ||
  character === '\r' ||
  character === '\t' ||
  character === '\ufeff';
