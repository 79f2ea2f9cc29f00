import { describe, expect, test } from 'vitest';
import { PackageIndex } from '../../../scripts/apk/index/package-index.ts';
import type { PackageRecord } from '../../../scripts/apk/model.ts';
import { choosePackages } from '../../../scripts/packages/choose-packages.ts';
import type { OpenRepository } from '../../../scripts/packages/open-repositories.ts';
import { recordFor } from '../../support/apk/apk-builder.ts';

type Stanza = Partial<PackageRecord> & { readonly name: string };

/** `client` comes from `new` by apk 2's rules, from `old` by apk 3's. */
const CLIENTS: readonly Stanza[] = [
  { name: 'new', provides: ['client'], providerPriority: 16 },
  { name: 'old', provides: ['client=9'] },
];

function repository(stanzas: readonly Stanza[]): OpenRepository {
  const records = PackageIndex.fromRecords(stanzas.map((stanza) => recordFor(stanza)));
  return {
    model: { name: 'main', tag: undefined, bases: [] },
    index: { records, description: '', signer: undefined },
    sha256: '0'.repeat(64),
    newest: 0,
  } as unknown as OpenRepository;
}

/** Names and versions that are chosen for an image of that branch. */
function chosen(branch: string, stanzas: readonly Stanza[], ...request: readonly string[]) {
  const { packages } = choosePackages([repository(stanzas)], { image: request }, branch);
  return packages.map(({ record }) => `${record.name}-${record.version}`).sort();
}

describe('packages are chosen by the rules of', () => {
  const tools = (version: string): Stanza => ({ name: 'apk-tools', version });

  test('the branch, where no apk-tools is chosen', () => {
    expect(chosen('v3.22', CLIENTS, 'client')).toEqual(['new-1.0-r0']);
    expect(chosen('v3.23', CLIENTS, 'client')).toEqual(['old-1.0-r0']);
    expect(chosen('edge', CLIENTS, 'client')).toEqual(['old-1.0-r0']);
  });

  test('the apk-tools that they choose, whatever the branch', () => {
    const with2 = [...CLIENTS, tools('2.14.10-r0')];
    expect(chosen('v3.24', with2, 'client', 'apk-tools')).toContain('new-1.0-r0');
    const with3 = [...CLIENTS, tools('3.0.6-r0')];
    expect(chosen('v3.19', with3, 'client', 'apk-tools')).toContain('old-1.0-r0');
  });

  test('the branch, where each generation would choose the other', () => {
    const stanzas = [
      { ...CLIENTS[0], name: 'new', depends: ['apk-tools>=3'] },
      { ...CLIENTS[1], name: 'old', depends: ['apk-tools<3'] },
      tools('2.14.10-r0'),
      tools('3.0.6-r0'),
    ];
    expect(chosen('v3.22', stanzas, 'client')).toEqual(['apk-tools-3.0.6-r0', 'new-1.0-r0']);
    expect(chosen('v3.23', stanzas, 'client')).toEqual(['apk-tools-2.14.10-r0', 'old-1.0-r0']);
  });

  test('the image’s apk-tools, for what else a lock asks', () => {
    const index = repository([...CLIENTS, tools('2.14.10-r0')]);
    const requests = { image: ['apk-tools'], kernel: ['client'] };
    const { order } = choosePackages([index], requests, 'v3.24');
    expect(order).toEqual({ image: ['apk-tools'], kernel: ['new'] });
  });
});
