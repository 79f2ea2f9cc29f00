import { EXIT_CODES } from './errors.ts';
import type { ErrorCode } from './errors.ts';

/** What each kind of failure means; the message of a failure says where and what to do. */
const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  bug: 'Something happened that the tool does not expect. Please report it.',
  usage: 'The command line asks for something impossible.',
  'cluster-invalid': 'The cluster file, or a file that it names, has errors.',
  'branch-mismatch': 'A repository is of another branch of Alpine than the cluster file says.',
  'already-exists':
    'A file or folder that this tool did not make is in the way; nothing is overwritten.',
  unsatisfiable: 'No choice of packages satisfies the request; the reasons are listed.',
  'lock-stale': 'The lock was made for other settings: make it again with vipiso lock.',
  'lock-missing': 'There is no lock beside the cluster file: make it with vipiso lock.',
  'scripts-unfit':
    "Alpine's build scripts do not fit the locked apk-tools, or lack what is relied on.",
  'signature-untrusted': 'No key that is trusted has signed this.',
  'signature-invalid': 'The content is not what the key has signed.',
  'digest-mismatch': 'The content is not what the lock or the index says.',
  'malformed-index':
    'A package index cannot be read; a proxy or a captive portal may have answered instead.',
  'malformed-package': 'A package cannot be read.',
  'unsupported-format': 'A format that this version of the tool does not read.',
  'malformed-archive': 'An archive cannot be read.',
  'image-wrong': 'A finished image is not what was asked for; it does not leave the work folder.',
  'release-wrong':
    'A release folder or an image of it is not what was signed, or cannot be judged wholly.',
  downgrade: 'A mirror offers an index that is older than the locked one.',
  'tool-missing': 'A program is not installed on this machine; vipiso doctor lists them.',
  'tool-failed': 'A program ended with an error.',
  timeout: 'A program or a server took longer than it may.',
  network: 'A server could not be reached, or answered with an error.',
  offline: 'Something is not in the cache, and --offline forbids the network.',
  'not-found': 'A file or an address does not exist.',
  'disk-full': 'There is no space left.',
  permission: 'The system does not allow it.',
  io: 'Reading or writing failed.',
  sandbox: 'The sandbox cannot be set up; vipiso doctor says why.',
  'proof-failed': 'The pair failed the proof.',
  changed: 'What vipiso diff compared is not the same; what differs was printed.',
  'not-reproduced':
    'A rebuild from the inputs of a release gave other bytes than the release has; what differs is listed.',
  interrupted: 'The run was stopped from outside.',
};

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(MEANINGS, code);
}

/** A page for a terminal, one line per element. */
export function errorPage(code: ErrorCode): readonly string[] {
  return [`${code}: exit code ${EXIT_CODES[code]}`, '', MEANINGS[code]];
}
