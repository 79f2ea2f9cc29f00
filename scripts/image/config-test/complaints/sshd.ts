import { inImage, linesOfOutput, withRefusal } from './complaint.ts';
import type { Complaint, ComplaintParser } from './complaint.ts';

/** `/etc/ssh/sshd_config line 4: unsupported option`, or with a colon behind the file (servconf.c). */
const PLACED = /^(\/.*?):? line (\d+): (.*)$/;
const SUMMARY = /^\/.*: terminating, \d+ bad configuration options$/;
/** Keys are made when the node boots. */
const HOST_KEY = /^Unable to load host key: /;

/** Complaints of `sshd -t`, whose exit code alone tells an error from a deprecated option. */
export const parseSshdOutput: ComplaintParser = (output) => {
  const complaints = linesOfOutput(output.text)
    .filter((line) => !SUMMARY.test(line) && !HOST_KEY.test(line))
    .map((line): Complaint => {
      const [, file, number, text = ''] = PLACED.exec(line) ?? [];
      const said = file === undefined ? line.trim() : text;
      const harmless = output.exitCode === 0 || /^(Deprecated|Unsupported) option /.test(said);
      return {
        severity: harmless ? 'warning' : 'error',
        text: said,
        ...(file !== undefined && { file: inImage(file), line: Number(number) }),
      };
    });
  return withRefusal(complaints, output);
};
