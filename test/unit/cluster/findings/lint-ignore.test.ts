import { describe, expect, test } from 'vitest';
import {
  brief,
  findingsIn,
  minimalFile,
  parseFile,
} from '../../../support/cluster/cluster-file.ts';

const ignoring = (...ignore: readonly string[]) => ({ lint: { ignore } });

describe('lint.ignore', () => {
  test('silences a warning by its code', () => {
    const file = minimalFile({ rest: ignoring('readyz', 'maxconn', 'unreachable') });
    expect(brief(findingsIn(file))).toEqual(['warning stuck services[0]']);
  });

  test('an ignored error no longer stops the build, but is still shown', () => {
    const vrrp = { vip: '10.0.0.1' };
    expect(parseFile(minimalFile({ vrrp })).ok).toBe(false);
    const accepted = parseFile(minimalFile({ vrrp, rest: ignoring('vip-subnet') }));
    expect(accepted.ok && brief(accepted.warnings)).toContain('warning vip-subnet vrrp.vip');
  });

  test('does not reach what nothing could be built from', () => {
    const nodes = [
      { hostname: 'lb-1', address: '192.168.9.137/24' },
      { hostname: 'lb-1', address: '192.168.9.138/24' },
    ];
    expect(brief(findingsIn(minimalFile({ nodes, rest: ignoring('duplicate') })))).toContain(
      'error duplicate nodes[1].hostname',
    );
  });

  test('names codes that exist', () => {
    const [finding] = findingsIn(minimalFile({ rest: ignoring('redyz') })).filter(
      ({ severity }) => severity === 'error',
    );
    expect(finding).toMatchObject({
      code: 'lint-ignore',
      path: 'lint.ignore[0]',
      hint: 'Did you mean "readyz"?',
    });
  });
});
