import { describe, expect, test } from 'vitest';
import { parseText } from '../../support/cluster/cluster-file.ts';
import { GOOD_INPUTS, INPUTS } from '../../support/cluster/inputs/all-inputs.ts';

/** What every small file is told, and none of these is about. */
const USUAL = ['readyz', 'stuck', 'maxconn', 'unreachable', 'single', 'secret-inline', 'flap'];

/** `LINE CODE` of each finding, in the order of the text. */
function findingsIn(text: string): readonly string[] {
  const parsed = parseText(text);
  const found = parsed.ok ? parsed.warnings : parsed.diagnostics;
  return found
    .filter(({ code }) => !USUAL.includes(code))
    .map(({ code, span }) => `${span?.start.line ?? '?'} ${code}`);
}

describe('what people write', () => {
  test.each(INPUTS.flatMap(({ finds, ...it }) => (finds === undefined ? [] : [{ ...it, finds }])))(
    '$what: $finds',
    ({ text, finds }) => {
      expect(findingsIn(text)).toContain(finds);
    },
  );

  test.each(GOOD_INPUTS)('$what: nothing to say', ({ text }) => {
    expect(findingsIn(text)).toEqual([]);
    expect(parseText(text).ok).toBe(true);
  });

  test('a number means what YAML 1.2 says', () => {
    const read = (what: string) => {
      const parsed = parseText(INPUTS.find((it) => it.what.startsWith(what))?.text ?? '');
      if (!parsed.ok) throw new Error(what);
      const [service] = parsed.cluster.services;
      const [instance] = parsed.cluster.vrrp.groups[0].instances;
      return [service?.port, instance?.virtualRouterId];
    };
    expect(read('a port with a zero')).toEqual([6443, 51]);
    expect(read('a port in hex')).toEqual([6443, 51]);
    expect(read('the id 0x1f')).toEqual([6443, 31]);
    expect(read('the id 055')).toEqual([6443, 55]);
  });
});
