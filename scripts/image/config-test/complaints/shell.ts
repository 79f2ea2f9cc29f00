import { inImage, linesOfOutput, withRefusal } from './complaint.ts';
import type { Complaint, ComplaintParser } from './complaint.ts';

/** `/etc/local.d/a.start: line 3: syntax error: unexpected "|"`: BusyBox, dash (without the word line) and bash. */
const PLACED = /^(?:\S*sh: )?(\/.*?): (?:line )?(\d+): (.*)$/;

/** Complaints of `sh -n`, of one or several scripts. bash quotes the line in a second one, which is left out. */
export const parseShellOutput: ComplaintParser = (output) => {
  const seen = new Set<string>();
  const complaints = linesOfOutput(output.text).flatMap((line): Complaint[] => {
    const [, file, number, text = ''] = PLACED.exec(line) ?? [];
    if (file === undefined || /^`.*'$/.test(text)) return [];
    const place = `${file}:${number ?? ''}`;
    if (seen.has(place)) return [];
    seen.add(place);
    return [{ severity: 'error', file: inImage(file), line: Number(number), text }];
  });
  return withRefusal(complaints, output);
};
