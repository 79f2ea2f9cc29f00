import { describe, expect, it } from 'vitest';
import { closedBetween, fixedAt, parseSecdb } from '../../../scripts/apk/secdb.ts';

const TEXT = JSON.stringify({
  reponame: 'main',
  packages: [
    {
      pkg: {
        name: 'haproxy',
        secfixes: {
          '2.8.10-r0': ['CVE-2024-45506'],
          '2.8.3-r0': ['CVE-2023-45539 GHSA-xxxx', 'CVE-2023-40225'],
          '0': ['CVE-2000-0001'],
          '2.10.0-r0': ['CVE-2025-32464'],
        },
      },
    },
    { pkg: { name: 'quiet', secfixes: { '1-r0': null } } },
    { pkg: { name: 'never' } },
  ],
});

describe('the security database', () => {
  const database = parseSecdb(TEXT, 'main.json');

  it('orders fixes as Alpine orders versions, and keeps the identifier alone', () => {
    expect(database.get('haproxy')).toEqual([
      { id: 'CVE-2023-40225', fixedIn: '2.8.3-r0' },
      { id: 'CVE-2023-45539', fixedIn: '2.8.3-r0' },
      { id: 'CVE-2024-45506', fixedIn: '2.8.10-r0' },
      { id: 'CVE-2025-32464', fixedIn: '2.10.0-r0' },
    ]);
  });

  it('counts what the version itself fixed, and nothing newer', () => {
    const ids = fixedAt(database, 'haproxy', '2.8.10-r0').map(({ id }) => id);
    expect(ids).toEqual(['CVE-2023-40225', 'CVE-2023-45539', 'CVE-2024-45506']);
    expect(fixedAt(database, 'haproxy', '2.8.2-r9')).toEqual([]);
  });

  it('tells what an update closes: from the old version, exclusive, to the new one, inclusive', () => {
    const ids = (from: string, to: string) =>
      closedBetween(database, 'haproxy', { from, to }).map(({ id }) => id);
    expect(ids('2.8.3-r0', '2.8.10-r0')).toEqual(['CVE-2024-45506']);
    expect(ids('2.8.10-r0', '2.10.1-r0')).toEqual(['CVE-2025-32464']);
    expect(ids('2.10.1-r0', '2.8.3-r0')).toEqual([]);
  });

  it('knows nothing of an origin without fixes', () => {
    expect(fixedAt(database, 'quiet', '9-r9')).toEqual([]);
    expect(fixedAt(database, 'never', '9-r9')).toEqual([]);
    expect(fixedAt(database, 'unheard-of', '9-r9')).toEqual([]);
  });

  it.each(['', '{', '[]', '{"packages": [{"pkg": {"secfixes": {}}}]}'])('refuses %j', (text) => {
    expect(() => parseSecdb(text, 'bad.json')).toThrow(
      /bad\.json is not an Alpine security database/,
    );
  });
});
