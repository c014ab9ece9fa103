/** The code blocks of a Markdown document, each with the HTML comment that stands before it. */
export interface Block {
  kind: string;
  text: string;
  /** The line of its fence, from 1. */
  line: number;
  comment: string | undefined;
}

const FENCE = /^( *)```(\w*)\s*$/;
const COMMENT = /^<!-- (.*) -->$/;

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  let comment: string | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const [, indent = '', kind] = FENCE.exec(line) ?? [];
    if (kind !== undefined) {
      const end = lines.findIndex((each, at) => at > index && each === `${indent}\`\`\``);
      if (end < 0) throw new Error(`line ${index + 1}: the block does not end`);
      const text = lines
        .slice(index + 1, end)
        .map((each) => each.slice(indent.length))
        .join('\n');
      blocks.push({ kind, text, line: index + 1, comment });
      index = end;
      comment = undefined;
    } else if (line.trim() !== '') {
      // A setup holds for the block after it, whatever text stands between.
      comment =
        COMMENT.exec(line.trim())?.[1] ?? (comment?.startsWith('setup:') === true ? comment : undefined);
    }
  }
  return blocks;
}
