import { describe, expect, test } from 'vitest';
import { VipisoError } from '../../../../scripts/core/errors.ts';
import { choose, librariesOf } from '../../../lab/debian/choose.ts';
import { PackageList } from '../../../lab/debian/package-list.ts';

interface Stanza {
  readonly version?: string;
  readonly section?: string;
  readonly architecture?: string;
  readonly depends?: string;
}

function stanza(name: string, about: Stanza = {}): string {
  const { version = '1-1', section = 'libs', architecture = 'amd64', depends = '' } = about;
  return [
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    ...(depends === '' ? [] : [`Depends: ${depends}`]),
    `Section: ${section}`,
    'Description: a thing',
    'Size: 12',
    'SHA256: abcd',
  ].join('\n');
}

function list(suite: string, ...stanzas: readonly string[]): readonly [string, PackageList] {
  return [suite, new PackageList(suite, `${stanzas.join('\n\n')}\n`)];
}

const FLOOR = { version: '3.4', suites: ['sid', 'experimental'] };

describe('a package list', () => {
  test('gives what the lab asks of a package', () => {
    const [, packages] = list(
      'sid',
      stanza('a'),
      stanza('haproxy', {
        version: '3.4.7-1',
        section: 'net',
        depends: 'libc6 (>= 2.38), dracut (>= 1) | initramfs-tools, python3:any',
      }),
    );
    expect(packages.get('haproxy')).toEqual({
      name: 'haproxy',
      version: '3.4.7-1',
      suite: 'sid',
      architecture: 'amd64',
      section: 'net',
      depends: ['libc6', 'dracut', 'python3'],
      sha256: 'abcd',
      size: 12,
    });
    expect(packages.get('hap')).toBeUndefined();
  });
});

describe('choosing by a floor', () => {
  const old = stanza('haproxy', { version: '3.2.26-1' });
  const young = stanza('haproxy', { version: '3.4.7-1' });

  test('takes the first suite that reaches it', () => {
    const lists = new Map([list('sid', old), list('experimental', young)]);
    expect(choose('haproxy', lists, FLOOR)).toMatchObject({
      version: '3.4.7-1',
      suite: 'experimental',
    });
    const moved = new Map([list('sid', young), list('experimental', old)]);
    expect(choose('haproxy', moved, FLOOR).suite).toBe('sid');
  });

  test('a pre-release does not reach it', () => {
    const lists = new Map([list('sid', stanza('haproxy', { version: '3.4~dev5-1' }))]);
    expect(() => choose('haproxy', lists, { ...FLOOR, suites: ['sid'] })).toThrow(/3\.4 or newer/);
  });

  test('names package, floor and what there is when nothing does', () => {
    const lists = new Map([list('sid', old)]);
    let thrown: unknown;
    try {
      choose('haproxy', lists, FLOOR);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(VipisoError);
    expect(thrown).toMatchObject({
      code: 'not-found',
      message: "The lab needs Debian's package haproxy 3.4 or newer, and no suite has it.",
      details: ['sid has 3.2.26-1', 'experimental: its list could not be fetched'],
    });
  });
});

describe('the libraries of packages', () => {
  test('are followed through others, whatever their names; data and programs are not', () => {
    const [, packages] = list(
      'sid',
      stanza('libssl3t64', { depends: 'libc6, libzstd1, openssl-provider-legacy' }),
      stanza('libzstd1', { depends: 'libc6' }),
      stanza('libc6', { depends: 'libgcc-s1' }),
      stanza('libgcc-s1', { depends: 'libc6' }),
      stanza('libsnmp-base', { architecture: 'all' }),
      stanza('adduser', { section: 'admin' }),
    );
    const root = { ...choose('libc6', new Map([['sid', packages]]), { ...FLOOR, version: '0' }) };
    const haproxy = {
      ...root,
      name: 'haproxy',
      depends: ['adduser', 'libsnmp-base', 'libssl3t64'],
    };
    const names = librariesOf([haproxy], (name) => packages.get(name)).map(({ name }) => name);
    expect(names.sort()).toEqual(['libc6', 'libgcc-s1', 'libssl3t64', 'libzstd1']);
  });
});
