import { describe, expect, test } from 'vitest';
import { mirrorIn } from '../../../lab/debian/mirror.ts';

const list = (mirror: string, suite: string): string =>
  `'${mirror}/dists/${suite}/main/binary-amd64/Packages.xz' a_name 0 `;

describe('the mirror in apt’s own words', () => {
  test('is where the host’s release comes from', () => {
    const uris = [
      `'http://mirror.example/debian/dists/bookworm/InRelease' a_name 0 `,
      list('http://security.example/debian-security', 'bookworm-security'),
      list('http://mirror.example/debian', 'bookworm'),
    ];
    expect(mirrorIn(uris.join('\n'), 'bookworm')).toBe('http://mirror.example/debian');
  });

  test('is not that of others who name their suites after Debian’s', () => {
    const uris = [
      list('https://node.example/node_20.x', 'bookworm'),
      list('mirror+file:/etc/apt/mirrors/debian', 'bookworm'),
    ];
    expect(mirrorIn(uris.join('\n'), 'bookworm')).toBe('mirror+file:/etc/apt/mirrors/debian');
  });

  test('may have another name, and a source may say stable', () => {
    expect(mirrorIn(list('http://proxy.example/deb', 'stable'), undefined)).toBe(
      'http://proxy.example/deb',
    );
  });

  test('is missed with a word on where it is looked for', () => {
    const uris = list('https://packages.example/apt', 'cloud-sdk-bookworm');
    expect(() => mirrorIn(uris, 'bookworm')).toThrow(/name no mirror of Debian/);
    expect(() => mirrorIn('', 'bookworm')).toThrow(/name no mirror of Debian/);
  });
});
