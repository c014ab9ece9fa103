const PAD = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

export const pad2 = (number: number): string => PAD[number] ?? String(number);

export const pad4 = (number: number): string =>
  number >= 1000 ? String(number) : number < 0 ? String(number) : String(number).padStart(4, '0');

/** A caller's own text, cut short, for the detail of a problem. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
