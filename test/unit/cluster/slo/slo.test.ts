import fc from 'fast-check';
import { expect, test } from 'vitest';
import { predict } from '../../../../scripts/cluster/slo/predict.ts';
import { minimalFile, modelOf, parseFile } from '../../../support/cluster/cluster-file.ts';

type Mapping = Readonly<Record<string, unknown>>;

function withSlo(slo: Mapping, rest: Mapping = {}, vrrp: Mapping = {}): Mapping {
  return minimalFile({ rest: { slo, ...rest }, vrrp });
}

function errorsOf(file: Mapping): readonly string[] {
  const parsed = parseFile(file);
  const found = parsed.ok ? parsed.warnings : parsed.diagnostics;
  return found
    .filter(({ code }) => code === 'slo')
    .map(({ path, message, hint }) => `${path}: ${message} ${hint}`);
}

test('timers follow from what is asked for', () => {
  const asked = { proxy_loss: '0.4s', haproxy_loss: '200ms', api_server_loss: '1s', planned: 0 };
  const cluster = modelOf(withSlo(asked));
  expect(cluster.slo).toEqual({
    proxy_loss: 0.4,
    haproxy_loss: 0.2,
    api_server_loss: 1,
    planned: 0,
  });
  expect(errorsOf(withSlo(asked))).toEqual([]);
  expect(cluster.vrrp.groups[0]).toMatchObject({ version: 3, advertInt: 0.1 });
  expect(cluster.vrrp.check.trackProcess).toBe(true);
  expect(cluster.services[0]?.defaultServer).toMatchObject({ inter: '333ms', fall: 3 });
  expect(cluster.haproxy.timeouts.connect).toBe('1000ms');
});

test('what the profile keeps already is left alone', () => {
  const loose = { proxy_loss: 4, haproxy_loss: 6, api_server_loss: 20, planned: 1 };
  const cluster = { ...modelOf(withSlo(loose)), slo: undefined };
  expect(JSON.stringify(cluster)).toBe(JSON.stringify(modelOf(minimalFile())));
});

test('what nothing keeps is refused with the arithmetic', () => {
  expect(errorsOf(withSlo({ proxy_loss: 0.02 }))).toEqual([]);
  expect(errorsOf(withSlo({ api_server_loss: '0.1s' }))).toEqual([
    'slo.api_server_loss: slo.api_server_loss asks for 0.1 s at the most; no timers keep that: inter 100ms x fall 3 = 0.3 s Ask for 0.3 s or more.',
  ]);
});

test('a setting of the user’s that stands in the way is named at its place', () => {
  const adverts = errorsOf(withSlo({ proxy_loss: 0.4 }, {}, { version: 3, advert_int: 1 }));
  expect(adverts).toHaveLength(1);
  expect(adverts[0]).toMatch(
    /^vrrp\.advert_int: .*3 x advert_int 1 s \+ skew 0\.\d+ s = 3\.\d+ s.*Leave advert_int out/,
  );
  const check = { track_process: false, interval: 1, fall: 2 };
  expect(errorsOf(withSlo({ haproxy_loss: 0.2 }, {}, { check }))[0]).toMatch(
    /^vrrp\.check\.track_process: .*check interval 1 s x fall 2 \+ 3 x advert_int/,
  );
  const inter = { haproxy: { default_server: { inter: '10s' } } };
  expect(errorsOf(withSlo({ api_server_loss: 1 }, inter))[0]).toMatch(
    /^haproxy\.default_server\.inter: .*inter 10s x fall 3 = 30 s/,
  );
});

test('property: whatever is asked for is kept, or refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 5000 }), fc.boolean(), (asked, nopreempt) => {
      const file = withSlo({ proxy_loss: asked / 1000 }, {}, { nopreempt });
      const { most } = predict('proxy_loss', modelOf(file));
      expect(errorsOf(file).length > 0).toBe(most > Math.max(0.05, asked / 1000) + 1e-9);
    }),
    { numRuns: 60 },
  );
});

test.each([
  // Seconds that proofs of the full set measured.
  ['reference', 'proxy_loss', [3.1, 3.0, 3.5, 2.6, 2.8, 3.4, 3.6]],
  ['reference', 'haproxy_loss', [3.6, 5.2, 4.4, 3.8, 4.1]],
  ['reference', 'planned', [0.63, 0.59]],
  ['fast', 'proxy_loss', [0.26, 0.27]],
  ['fast', 'haproxy_loss', [0.04, 0.06]],
  ['fast', 'planned', [0.02]],
] as const)(
  '%s: %s as measured lies in the predicted range, within 10 %% or one request',
  (profile, key, measured) => {
    const { least, most } = predict(key, modelOf(minimalFile({ vrrp: { profile } })));
    for (const seconds of measured) {
      expect(seconds).toBeGreaterThan(Math.min(least * 0.9, least - 0.05));
      expect(seconds).toBeLessThan(Math.max(most * 1.1, most + 0.06));
    }
  },
);
