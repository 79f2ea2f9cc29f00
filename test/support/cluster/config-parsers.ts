/** A line of a configuration file as words. */
type Words = readonly string[];

/** Sections of haproxy.cfg: `frontend k8s-api` -> its lines. */
export function parseHaproxy(text: string): Readonly<Record<string, readonly Words[]>> {
  const sections: Record<string, Words[]> = {};
  let current: Words[] = [];
  for (const line of meaningfulLines(text)) {
    const words = line.trim().split(/\s+/);
    if (/^\s/.test(line)) current.push(words);
    else sections[words.join(' ')] = current = [];
  }
  return sections;
}

/** A block of keepalived.conf: words without braces, and named inner blocks. */
export interface KeepalivedBlock {
  readonly values: Readonly<Record<string, string>>;
  readonly blocks: Readonly<Record<string, KeepalivedBlock>>;
}

export function parseKeepalived(text: string): KeepalivedBlock {
  const lines = meaningfulLines(text).map((line) => line.trim());
  return parseBlock(lines);
}

/** Takes lines up to the closing brace of the block it stands in. */
function parseBlock(lines: string[]): KeepalivedBlock {
  const values: Record<string, string> = {};
  const blocks: Record<string, KeepalivedBlock> = {};
  for (let line = lines.shift(); line !== undefined && line !== '}'; line = lines.shift()) {
    const opened = /^(.*\S)\s*\{$/.exec(line)?.[1];
    const [key = '', ...rest] = line.split(/\s+/);
    if (opened !== undefined) blocks[opened] = parseBlock(lines);
    else values[key] = rest.join(' ').replace(/^"(.*)"$/, '$1');
  }
  return { values, blocks };
}

function meaningfulLines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
}
