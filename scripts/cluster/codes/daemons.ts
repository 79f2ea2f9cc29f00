import type { CodePage } from './page.ts';

const REFUSED =
  'The very program that is in the images was given the rendered file, and does not take it: the node would start without that service.';
const PLACE = 'Correct the place that is shown: mostly a raw line, or a file of the overlay.';

/** Verdicts of the images' own programs, which `check` asks where the lock's packages are at hand, and `build` always. */
export const DAEMON_PAGES: readonly CodePage[] = [
  {
    code: 'daemon-warning',
    title: 'A program of the image warns of its file',
    meaning: 'It takes the file, with the remark that is shown.',
    remedy: PLACE,
    silence: true,
  },
  ...(
    [
      ['haproxy', 'haproxy -c'],
      ['keepalived', 'keepalived --config-test'],
      ['nft', 'nft --check'],
      ['sshd', 'sshd -t'],
      ['chronyd', 'chronyd -p'],
    ] as const
  ).map(([program, command]) => ({
    ...{ code: `${program}-refuses`, title: `${command} refuses the file`, meaning: REFUSED },
    ...{ remedy: PLACE, silence: false },
  })),
  {
    code: 'script-broken',
    title: 'A script of the image cannot run',
    meaning:
      'Its own shell finds a mistake in it, or the program that its first line names is not in the image.',
    remedy: PLACE,
    silence: false,
  },
];
