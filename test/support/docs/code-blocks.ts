import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const BLOCK =
  /(?:<!-- not run: (?<reason>[^\n]*?) -->\n\n)?```(?<language>\w*)\n(?<text>.*?)\n?```/gsu;

export interface CodeBlock {
  /** Relative to the project's folder. */
  readonly file: string;
  readonly language: string;
  readonly text: string;
  /** Why no test runs it. */
  readonly notRun: string | undefined;
}

/** The README, and every page below docs/; paths relative to the project's folder. */
export function documents(): string[] {
  const pages = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', ...pages.sort()];
}

export function readDocument(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

export function codeBlocks(file: string): CodeBlock[] {
  return [...readDocument(file).matchAll(BLOCK)].map(({ groups }) => ({
    file,
    language: groups?.['language'] ?? '',
    text: groups?.['text'] ?? '',
    notRun: groups?.['reason'],
  }));
}

/** The `vipiso` commands that a text shows, each as its words; continued lines joined, comments and shell around cut. */
export function vipisoCommands(text: string): string[][] {
  return text
    .replaceAll(/\\\n\s*/gu, ' ')
    .split('\n')
    .map((line) => /^\s*(?:npx |\.\/)?vipiso (?<rest>[^#|]*)/u.exec(line)?.groups?.['rest'])
    .filter((rest) => rest !== undefined)
    .map((rest) => rest.trim().split(/\s+/u));
}
