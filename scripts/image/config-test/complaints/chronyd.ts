import { inImage, linesOfOutput, withRefusal } from './complaint.ts';
import type { Complaint, ComplaintParser } from './complaint.ts';

/** `2026-01-01T00:00:00Z Fatal error : Invalid directive at line 6 in file /etc/chrony/chrony.conf` (conf.c). */
const FATAL = /Fatal error : (.*)$/;
const PLACE = /^(.*) at line (\d+) in file (\/.*)$/;

/** Complaints of `chronyd -p`, which prints the directives themselves as well: those are not complaints. */
export const parseChronydOutput: ComplaintParser = (output) => {
  const complaints = linesOfOutput(output.text).flatMap((line): Complaint[] => {
    const [, message] = FATAL.exec(line) ?? [];
    if (message === undefined) return [];
    const [, text, number, file] = PLACE.exec(message) ?? [];
    if (text === undefined || file === undefined) return [{ severity: 'error', text: message }];
    return [{ severity: 'error', text, line: Number(number), file: inImage(file) }];
  });
  return withRefusal(complaints, output);
};
