import { CODE_CHAPTERS } from './pages.ts';
import type { CodePage } from './page.ts';

const HEAD = `# Codes of \`vipiso check\`

Made from \`scripts/cluster/codes/\`: do not edit. \`vipiso check --explain CODE\` shows one of them. Examples are parts of a
cluster file.
`;

/** All pages as one document. */
export function codesMarkdown(): string {
  const chapters = CODE_CHAPTERS.map(
    ({ title, pages }) => `## ${title}\n\n${pages.map(pageMarkdown).join('\n')}`,
  );
  return [HEAD, ...chapters].join('\n');
}

function pageMarkdown(page: CodePage): string {
  const { code, title, meaning, seen = [], remedy, example, silence } = page;
  const reports = seen.map((report) => `- ${report}\n`).join('');
  return [
    `### ${code}\n\n**${title}.** ${meaning}\n`,
    ...(reports === '' ? [] : [`Seen in:\n\n${reports}`]),
    `${remedy}${silence ? '' : ' It cannot be silenced.'}\n`,
    ...(example === undefined
      ? []
      : [
          `Before:\n\n\`\`\`yaml\n${example.before}\n\`\`\`\n`,
          `After:\n\n\`\`\`yaml\n${example.after}\n\`\`\`\n`,
        ]),
  ].join('\n');
}
