import { inImage, linesOfOutput, withRefusal } from './complaint.ts';
import type { Complaint, ComplaintParser } from './complaint.ts';

/** Where keepalived reads from when it names no file. */
const MAIN_FILE = 'etc/keepalived/keepalived.conf';

/** `(/etc/keepalived/keepalived.conf: Line 23) ...`, or `(Line 9) ...` while it reads one file alone. */
const PLACED = /^\((?:(\/.*?): )?Line (\d+)\) (.*)$/;

/** `Invalid smtp server mail.example.org 25`: a name, not a malformed address. */
const UNRESOLVED = /^Invalid smtp server (?=\S*[g-z])[a-z0-9.-]+( \d+)?$/i;

/** Sums up what an earlier line said of one interface (lib/logger.c, vrrp/vrrp_data.c). */
const SUMMARY = 'Non-existent interface specified in configuration';

/**
 * Complaints of `keepalived --config-test`: any of them ends in an exit code of 4 to 6 (keepalived(8)); with 0 what it
 * says is a warning.
 */
export const parseKeepalivedOutput: ComplaintParser = (output) => {
  const severity = output.exitCode === 0 ? 'warning' : 'error';
  const found = new Map<string, Complaint>();
  for (const line of linesOfOutput(output.text)) {
    const [, file, number, placed] = PLACED.exec(line) ?? [];
    const complaint: Complaint =
      number === undefined || placed === undefined
        ? { severity, text: line.trim() }
        : {
            severity,
            file: file === undefined ? MAIN_FILE : inImage(file),
            line: Number(number),
            text: placed.trim(),
          };
    const judged: Complaint = UNRESOLVED.test(complaint.text)
      ? { ...complaint, severity: 'warning', unresolved: true }
      : complaint;
    // The same sentence may come once from each of its processes.
    found.set(`${judged.line ?? ''} ${judged.text}`, judged);
  }
  const complaints = [...found.values()];
  const told = complaints.some(isMissingInterface);
  return withRefusal(
    complaints.filter(({ text }) => !(told && text === SUMMARY)),
    output,
  );
};

/** `WARNING - interface eth0 for vrrp_instance VI_1 doesn't exist`. */
function isMissingInterface({ text }: Complaint): boolean {
  return /\binterface \S+.*(doesn't|does not) exist/.test(text);
}

/** What keepalived says for want of network interfaces that the node will have. */
export function isAboutInterfaces(complaint: Complaint): boolean {
  return isMissingInterface(complaint) || complaint.text === SUMMARY;
}
