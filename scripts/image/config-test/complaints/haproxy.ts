import { inImage, linesOfOutput, withRefusal } from './complaint.ts';
import type { Complaint, ComplaintParser } from './complaint.ts';

/** `[ALERT]    (1) : config : parsing [/etc/haproxy/haproxy.cfg:23] : 'bind' : invalid address`; 2.4 to 3.4 agree. */
const MESSAGE = /^\[(ALERT|WARNING|EMERG)\]\s+\(\d+\) : (?:config : )?(.*)$/;
const PLACE = /^(?:parsing )?\[(\/[^\]]*?):(\d+)\]\s*:?\s*(.*)$/i;

/** Lines that end every refusal and tell nothing of their own. */
const SUMMARIES = [
  /^Error\(s\) found in configuration file/,
  /^Fatal errors found in configuration/,
  /^Some configuration options require full privileges/,
  // The sandbox has no network; on a node haproxy goes on and tries again.
  /^resolvers '[^']*': can't connect socket for nameserver/,
];

/**
 * Complaints of `haproxy -c` (src/log.c, src/cfgparse.c). A message may go on over lines that begin with blanks: they
 * quote the file's own line, which may hold a password, so only what haproxy marks as its own words is kept.
 */
export const parseHaproxyOutput: ComplaintParser = (output) => {
  const complaints: Complaint[] = [];
  for (const line of linesOfOutput(output.text)) {
    const [, level, message = ''] = MESSAGE.exec(line) ?? [];
    if (level !== undefined) {
      if (!SUMMARIES.some((pattern) => pattern.test(message)))
        complaints.push(complaintOf(level, message));
      continue;
    }
    const [, more] = /^\s+\| (.*)$/.exec(line) ?? [];
    const last = complaints.pop();
    if (last === undefined) continue;
    complaints.push(more === undefined ? last : { ...last, text: `${last.text} ${more.trim()}` });
  }
  return withRefusal(complaints, output);
};

/** With `-dr` a server's name that has no address yet is a warning. */
const UNRESOLVED = /could not resolve address/;

function complaintOf(level: string, message: string): Complaint {
  const [, file, line, text = message] = PLACE.exec(message) ?? [];
  return {
    severity: level === 'WARNING' ? 'warning' : 'error',
    text: text.replace(/:$/, '').trim(),
    ...(file !== undefined && { file: inImage(file), line: Number(line) }),
    ...(UNRESOLVED.test(text) && { unresolved: true }),
  };
}
