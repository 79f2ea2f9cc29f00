import { FINDINGS } from '../../prove/certificate/wording.ts';

/** What each finding of a proof means, from the words that the certificate itself uses. */
export function findingsPage(): string {
  const sections = Object.entries(FINDINGS).map(
    ([code, { title, look }]) => `## ${code}\n\n**${title}.** ${look}\n`,
  );
  return [
    '# Findings of a proof',
    'Each fault of a proof has a verdict. One that failed names at least one of these findings, in `proof.json` by its code, in `proof.html` by its title. How to read a proof: [the guide](../guides/reading-a-proof.md).',
    ...sections,
  ].join('\n\n');
}
