import type { CodePage } from './page.ts';

export const SYSTEM_PAGES: readonly CodePage[] = [
  {
    code: 'kernel-argument',
    title: 'A kernel argument that replaces one of ours',
    meaning:
      'apkovl, alpine_repo and modloop bind a node to its own medium; root, init, modules and others decide whether it starts at all. The last one on the command line counts, which would be yours.',
    remedy: 'Leave it out; consoles are image.serial_console.',
    silence: true,
    example: {
      before: 'image:\n  kernel_arguments: [modules=ext4]',
      after: 'image:\n  kernel_arguments: [mitigations=auto]',
    },
  },
  {
    code: 'timezone',
    title: 'A time zone that does not exist',
    meaning:
      '/etc/localtime would be a dangling link, and clocks and logs would show UTC. Names differ by case.',
    remedy: 'Use a name of the tz database, such as Europe/Berlin.',
    silence: true,
    example: {
      before: 'system:\n  timezone: Europe/Berln',
      after: 'system:\n  timezone: Europe/Berlin',
    },
  },
  {
    code: 'arch',
    title: 'An architecture that Alpine, or this tool, does not have',
    meaning:
      'Repositories have a folder for each architecture, by Alpine’s names: x86_64, not amd64. Images are made for x86_64 alone.',
    remedy: 'Leave alpine.arch out.',
    silence: true,
    example: { before: 'alpine:\n  arch: amd64', after: 'alpine:\n  arch: x86_64' },
  },
  {
    code: 'overlay',
    title: 'A folder of your own files that is missing, broken, or replaces ours',
    meaning:
      'The folder cannot be read, a template in it has a mistake, or a file of it replaces one that is rendered from the cluster file. Such a file is yours alone: settings of the cluster file that would change it change nothing. The daemons of the images judge it as they judge ours.',
    remedy:
      'Use raw lines where they reach; where a file must be replaced, make it a template (FILE.hbs), which sees all that ours see, and accept the finding.',
    silence: true,
  },
  {
    code: 'syslog',
    title: 'Logs that go nowhere, or to anyone',
    meaning:
      'By TCP and TLS haproxy sends the logs, to an IP address alone. Without the CA of the receiver nobody verifies who takes them.',
    remedy: 'Write the receiver as an address, and name its CA by syslog_ca.',
    silence: true,
    example: {
      before: 'system: {syslog: logs.example.org, syslog_protocol: tcp}',
      after: 'system: {syslog: 192.168.9.10, syslog_protocol: tcp}',
    },
  },
];
