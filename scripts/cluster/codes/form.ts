import type { CodePage } from './page.ts';

/** What is wrong with the text before anybody asks what it means. */
export const FORM_PAGES: readonly CodePage[] = [
  {
    code: 'yaml-syntax',
    title: 'The text is not YAML, or more than one document',
    meaning:
      'A bracket or a quote is missing, a line is indented wrongly, an alias is inside the value that it names, or a second document begins.',
    remedy: 'Correct the place that is shown; later complaints often follow from the first.',
    silence: false,
    example: { before: 'nodes: &all [*all]', after: 'name: pair' },
  },
  {
    code: 'duplicate-key',
    title: 'A key stands twice in one mapping',
    meaning: 'Only one of the two could count, and YAML does not say which.',
    remedy: 'Remove one of the two.',
    silence: false,
    example: { before: 'name: a\nname: b', after: 'name: a' },
  },
  {
    code: 'too-large',
    title: 'The file is larger than any cluster file',
    meaning: 'More than 256 KiB: most likely another file was named.',
    remedy: 'Name the cluster file.',
    silence: false,
  },
  {
    code: 'include',
    title: 'An included file that cannot be used',
    meaning:
      'It cannot be read, includes itself, or holds no mapping. Paths start at the file that includes; those of secrets, certificates and overlays at the cluster file, wherever they are written.',
    remedy: 'Correct the path, or write the keys into the cluster file.',
    silence: false,
    example: { before: 'include: nowhere.yaml', after: 'include: shared.yaml' },
  },
  {
    code: 'unknown-key',
    title: 'A key that the cluster file does not have here',
    meaning:
      'Mostly a slip of the fingers, or a key in the wrong mapping: it would change nothing.',
    remedy: 'Follow the hint. Top-level keys that begin with x- are yours, for anchors.',
    silence: false,
    example: {
      before: 'netwrok: {gateway: 192.168.9.1}',
      after: 'network: {gateway: 192.168.9.1}',
    },
  },
  {
    code: 'missing',
    title: 'A key that has to be there',
    meaning: 'Nodes, a VIP and services cannot be guessed.',
    remedy: 'Add it.',
    silence: false,
    example: {
      before: 'nodes:\n  - {address: 192.168.9.137/24}',
      after: 'nodes:\n  - {hostname: lb-1, address: 192.168.9.137/24}',
    },
  },
  {
    code: 'wrong-type',
    title: 'A value of another kind than is expected',
    meaning: 'YAML reads 1111 as a number, yes as text and [a] as a list.',
    remedy: 'Put text that looks like a number in quotes.',
    silence: false,
    example: { before: 'vrrp:\n  auth_pass: 1111', after: 'vrrp:\n  auth_pass: "1111"' },
  },
  {
    code: 'invalid-value',
    title: 'A value outside of what is possible',
    meaning:
      'A number out of range, a word that is not on the list, or text that a file of the image would read as something else.',
    remedy: 'Follow the message, which says what is expected.',
    silence: false,
    example: {
      before: 'vrrp:\n  notify: {router_id: "lb{1}"}',
      after: 'vrrp:\n  notify: {router_id: lb-1}',
    },
  },
  {
    code: 'control-character',
    title: 'A character that does not show, or breaks the line',
    meaning:
      'A newline inside of a value would put a line of its own into a configuration file; characters of no width come along when text is pasted from a web page, and a name with one in it is another name.',
    remedy: 'Type the value again, on one line.',
    silence: false,
    example: {
      before: 'system:\n  ntp_servers: ["192.168.9\\u200b.1"]',
      after: 'system:\n  ntp_servers: [192.168.9.1]',
    },
  },
  {
    code: 'lint-ignore',
    title: 'lint.ignore names no code that can be silenced',
    meaning: 'A slip there would silence nothing.',
    remedy: 'Use a code that is shown in brackets behind a warning.',
    silence: false,
    example: { before: 'lint:\n  ignore: [redyz]', after: 'lint:\n  ignore: [readyz]' },
  },
];
