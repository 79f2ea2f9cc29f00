import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '../../../scripts/host/host.ts';
import { runTool } from '../../../scripts/host/process/run.ts';

/** Does as the user's `doas` would, in a system that holds everything already: it checks that this is so. */
const DOAS = `#!/bin/sh -e
case "$1 $2" in
"apk add") shift 2; exec apk info -e "$@" ;;
"install -m") exec "$@" ;;
*) exit 1 ;;
esac
`;

/** The commands of a README: what is set off by four spaces. */
function commandsOf(readme: string): readonly string[] {
  return readme
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.trim());
}

/**
 * Follows the README of an ejected folder to the letter, as an ordinary user of an Alpine system, with an id, time
 * zone, locale and umask of their own.
 *
 * @param about absolute paths: `system` is the Alpine system's root, `scratch` a folder that is there
 */
export async function followReadme(
  host: Host,
  about: {
    readonly ejected: string;
    readonly system: string;
    readonly aports: string;
    readonly privateKey: string;
    readonly scratch: string;
  },
): Promise<void> {
  const { ejected, system, aports, scratch } = about;
  const place = (name: string): string => path.join(scratch, name);
  cpSync(path.join(system, 'etc/apk/keys'), place('keys'), { recursive: true });
  for (const folder of ['bin', 'home', 'aports/main/build-base']) {
    mkdirSync(place(folder), { recursive: true });
  }
  cpSync(path.join(aports, 'scripts'), place('aports/scripts'), { recursive: true });
  cpSync(about.privateKey, place('bin/private-key'));
  writeFileSync(place('bin/doas'), DOAS);
  chmodSync(place('bin/doas'), 0o755);
  const commands = commandsOf(readFileSync(path.join(ejected, 'README.md'), 'utf8'))
    .join('\n')
    .replaceAll('PRIVATE-KEY', '/home/bin/private-key')
    .replaceAll('APORTS', '/home/aports');
  const environment = {
    HOME: '/home/user',
    PATH: '/home/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    TZ: 'JST-9',
    LC_ALL: 'de_DE.UTF-8',
    // For this namespace, where only one id exists; a real user's system has no need of it.
    FAKEROOTDONTTRYCHOWN: '1',
  };
  await runTool(host, {
    tool: 'bwrap',
    args: [
      ...['--unshare-all', '--die-with-parent', '--uid', '1234', '--gid', '1234'],
      ...['--ro-bind', system, '/', '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
      ...['--bind', place('keys'), '/etc/apk/keys', '--tmpfs', '/home'],
      ...['--bind', place('home'), '/home/user', '--bind', ejected, '/home/user/images'],
      ...['--ro-bind', place('bin'), '/home/bin', '--ro-bind', place('aports'), '/home/aports'],
      ...['--chdir', '/home/user/images', '--clearenv'],
      ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
      ...['--', '/bin/sh', '-ec', `umask 077\n${commands}`],
    ],
  });
}
