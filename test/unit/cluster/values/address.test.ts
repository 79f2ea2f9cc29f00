import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inNetwork, parseAddress, toCidr } from '../../../../scripts/cluster/values/address.ts';

describe('addresses', () => {
  test.each([
    '192.168.9',
    '010.0.0.1',
    '0x7f.0.0.1',
    '256.0.0.1',
    '1.2.3.4/33',
    '1.2.3.4/',
    '1.2.3.4/08',
    '::1%eth0',
    'fd00::1/129',
    '1.2.3.4/24/1',
    '',
    'example.org',
  ])('%j is none', (text) => expect(parseAddress(text)).toBeUndefined());

  test('are written in one way', () => {
    expect(parseAddress('FD00:0:0::1/64')).toEqual({ family: 6, host: 'fd00::1', prefix: 64 });
  });

  test('any IPv4 address survives reading and writing', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(32), (host, prefix) => {
        const address = parseAddress(`${host}/${prefix}`);
        expect(address && toCidr(address)).toBe(`${host}/${prefix}`);
      }),
    );
  });

  test('any address is in its own network, and in no other family', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(32), fc.ipV6(), (v4, prefix, v6) => {
        const network = parseAddress(`${v4}/${prefix}`);
        const other = parseAddress(v6);
        if (network === undefined || other === undefined) throw new Error(`${v4} ${v6}`);
        expect(inNetwork(network, network)).toBe(true);
        expect(inNetwork(other, network)).toBe(false);
      }),
    );
  });
});
