import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minimalFile, parseFile } from '../../support/cluster/cluster-file.ts';

test('any word in these places gives a cluster or findings', () => {
  const word = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'localhost',
      'lo',
      'bond0',
      '0.0.0.0',
      '::',
      '127.0.0.1',
      'x/0',
    ),
    fc.ipV4(),
    fc.ipV6(),
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 40 })).map(([ip, prefix]) => `${ip}/${prefix}`),
  );
  const file = fc.record({
    name: word,
    vip: word,
    address: word,
    gateway: word,
    dns: word,
    backend: word,
    ntp: word,
    mail: word,
    syslog: word,
    key: word,
    bind: word,
    interface: word,
    zone: word,
    argument: word,
  });
  fc.assert(
    fc.property(file, (it) => {
      const parsed = parseFile(
        minimalFile({
          nodes: [
            {
              hostname: 'lb-1',
              address: it.address,
              gateway: it.gateway,
              dns: it.dns,
              interface: it.interface,
            },
          ],
          vrrp: { vip: it.vip, notify: { smtp_server: it.mail, router_id: it.name } },
          services: [
            { name: it.name, bind: it.bind, backends: [{ name: it.name, address: it.backend }] },
          ],
          rest: {
            system: { ntp_servers: [it.ntp], syslog: it.syslog, timezone: it.zone },
            access: { ssh_authorized_keys: [it.key], admin_user: { name: it.name } },
            image: { kernel_arguments: [it.argument] },
          },
        }),
      );
      if (!parsed.ok)
        expect(parsed.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
    }),
    { numRuns: 300 },
  );
});
