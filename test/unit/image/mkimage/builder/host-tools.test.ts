import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandboxArguments } from '../../../../../scripts/host/sandbox/sandbox-command.ts';
import { hostSystem } from '../../../../../scripts/image/mkimage/builder/host-system.ts';
import { hostTools } from '../../../../../scripts/image/mkimage/builder/host-tools.ts';
import { mkimageDigest } from '../../../../../scripts/image/mkimage/inputs.ts';
import { temporaryFolder } from '../../../../support/host/test-host.ts';
import { lockedPackage, mkimageInputs } from '../../../../support/images/mkimage-inputs.ts';

const abuild = lockedPackage('abuild').locked;
const wanted = { requests: ['abuild', 'alpine-base'], locked: [abuild] };

/** A stanza of apk's records, with the files of the package behind it. */
function stanza(name: string, version: string, provides = ''): string {
  const files = 'F:usr/bin\nR:tool\na:0:0:755\nZ:Q1abc=\n';
  return `C:Q1\nP:${name}\nV:${version}\nA:x86_64\nS:1\n${provides}${files}\n`;
}

function alpineHost(installed: string, release = '3.19.1\n'): string {
  const root = temporaryFolder();
  for (const folder of ['etc', 'usr/lib/apk/db', 'usr/bin']) {
    mkdirSync(path.join(root, folder), { recursive: true });
  }
  symlinkSync('usr/lib', path.join(root, 'lib'));
  symlinkSync('usr/bin', path.join(root, 'bin'));
  writeFileSync(path.join(root, 'usr/lib/apk/db/installed'), installed);
  if (release !== '') writeFileSync(path.join(root, 'etc/alpine-release'), release);
  return root;
}

describe("the host's tools", () => {
  test('are refused from a host that is not Alpine', async () => {
    await expect(hostTools(temporaryFolder(), wanted)).rejects.toMatchObject({
      code: 'tool-missing',
      message: '--builder host needs a host that runs Alpine Linux',
    });
    const foreign = alpineHost(stanza('abuild', '1-r0'), '');
    await expect(hostTools(foreign, wanted)).rejects.toMatchObject({ code: 'tool-missing' });
  });

  test('are named when they are missing, with the line that installs them', async () => {
    await expect(hostTools(alpineHost(stanza('busybox', '1-r0')), wanted)).rejects.toMatchObject({
      message: 'this host lacks tools of mkimage: abuild',
      details: ['apk add abuild'],
    });
  });

  test('count where another package provides them', async () => {
    const other = alpineHost(stanza('abuild-ng', '2-r0', 'p:abuild=2-r0\n'));
    expect(await hostTools(other, wanted)).toMatchObject([{ name: 'abuild', version: 'none' }]);
  });

  test('name the release as locked tools do, as long as they are the locked ones', async () => {
    const digestWith = async (version: string): Promise<string> => {
      const tools = await hostTools(alpineHost(stanza('abuild', version)), wanted);
      return mkimageDigest(mkimageInputs({ builder: { from: 'host', tools } }));
    };
    expect(await digestWith('1-r0')).toBe(mkimageDigest(mkimageInputs()));
    expect(await digestWith('2-r0')).not.toBe(mkimageDigest(mkimageInputs()));
  });
});

describe("an Alpine host's system as mkimage's root", () => {
  test('has its programs, read-only, its links, and none of its keys and repositories', async () => {
    const folder = alpineHost('');
    mkdirSync(path.join(folder, 'home'));
    const root = await hostSystem(folder);
    const args = sandboxArguments({ root, command: ['true'] });
    const mounts = args.slice(args.indexOf('vipiso') + 1, args.indexOf('--proc'));
    expect(mounts).toEqual([
      ...['--symlink', 'usr/bin', '/bin', '--ro-bind', `${folder}/etc`, '/etc'],
      ...['--symlink', 'usr/lib', '/lib', '--ro-bind', `${folder}/usr`, '/usr'],
      ...['--tmpfs', '/etc/apk'],
    ]);
  });
});
