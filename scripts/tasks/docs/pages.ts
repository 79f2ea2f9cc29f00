import { codesMarkdown } from '../../cluster/codes/markdown.ts';
import { commandsPage } from './commands-page.ts';
import { clusterFilePage } from './cluster-file-page.ts';
import { findingsPage } from './findings-page.ts';
import { formatted } from './formatted.ts';

/** A page that is made, never edited. */
export interface ReferencePage {
  /** Relative to the project's folder. */
  readonly file: string;
  /** The page's text, as Prettier lays it out. */
  readonly render: () => Promise<string>;
}

function page(name: string, make: () => string | Promise<string>): ReferencePage {
  const file = `docs/reference/${name}`;
  return { file, render: async () => formatted(file, await make()) };
}

export const REFERENCE_PAGES: readonly ReferencePage[] = [
  page('cluster-yaml.md', clusterFilePage),
  page('commands.md', commandsPage),
  page('lint-codes.md', codesMarkdown),
  page('proof-findings.md', findingsPage),
];
