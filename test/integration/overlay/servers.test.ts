import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { daemonRows } from '../../support/apk/daemon-rows.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';
import { HAPROXY_NEEDS, playHaproxy } from '../../support/one-haproxy.ts';

function fileWith(service: string, rest = ''): string {
  return `
nodes:
  - { hostname: lb-1, address: 192.0.2.137/24 }
  - { hostname: lb-2, address: 192.0.2.138/24 }
vrrp: { vip: 192.0.2.139, profile: fast }
haproxy: { log: none, default_server: { inter: 500ms, rise: 1, slowstart: 0s } }
services:
  - ${service}
${rest}`;
}

const BY_NAME = fileWith(
  `backends: [{ name: a, address: "api-1.example.org:6444" }, { name: b-, address: api.example.org, port: 6444, count: 2 }]`,
  'network: { dns: 192.0.2.53 }',
);

/** The name server is away, then there, then away again. */
const DEAD_NAME_SERVER = `
start
test $took -lt 3000 && echo started at once || echo "started after $took ms"
sleep 2
state
ip address add 192.0.2.53/24 dev lan
ip address add 192.0.2.130/24 dev lan
busybox nc -ll -p 6444 -e cat > /dev/null 2>&1 &
"$node" "$support/name-server.mjs" 192.0.2.53 192.0.2.130 & server=$!
until_state 'a UP'
kill $server
sleep 12
state
`;

/** Versions by which the product renders, for the branches that have them. */
const BRANCHES = { '2.': 'v3.19', '3.0': 'v3.21', '3.2': 'v3.23' } as const;

function branchFor(haproxy: string): string {
  const version = spawnSync(haproxy, ['-v'], { encoding: 'utf8' }).stdout;
  const found = Object.entries(BRANCHES).find(([begin]) => version.includes(`version ${begin}`));
  return found?.[1] ?? 'v3.24';
}

const CERTIFICATE =
  'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=kubernetes ' +
  '-addext subjectAltName=DNS:k8s.example.org,IP:192.0.2.130';

function makeCertificate(): { readonly folder: string; readonly pem: string } {
  const folder = temporaryFolder();
  const [key, cert] = ['key', 'cert'].map((name) => path.join(folder, `${name}.pem`));
  const outputs = ['-keyout', key ?? '', '-out', cert ?? ''];
  spawnSync('openssl', [...CERTIFICATE.split(' '), ...outputs], { stdio: 'ignore' });
  return { folder, pem: readFileSync(cert ?? '', 'utf8') };
}

/** A server that knows no other name than its certificate's. */
const CHECKED = `
ip address add 192.0.2.130/24 dev lan
openssl s_server -quiet -www -accept 6444 -cert "$certs/cert.pem" -key "$certs/key.pem" > /dev/null 2>&1 &
sleep 0.5
start
until_state 'a UP'
`;

const programs = daemonRows().flatMap(({ haproxy }) => haproxy);

const LOGS = fileWith(
  'backends: [{ name: a, address: 192.0.2.130 }]',
  'system: { syslog: "192.0.2.5:1514", syslog_protocol: tcp }',
);

/** The receiver comes later than the lines. */
const LATE_RECEIVER = `
start
echo -n '<13>Nov 28 01:00:00 lb-1 keepalived[7]: first' > /dev/udp/127.0.0.1/5140
ip address add 192.0.2.5/24 dev lan
sleep 30 | busybox nc -l -p 1514 > "$tree/received" &
for try in $(seq 100); do grep -q first "$tree/received" && break; sleep 0.1; done
echo -n '<13>Nov 28 01:00:01 lb-1 keepalived[7]: second' > /dev/udp/127.0.0.1/5140
for try in $(seq 50); do grep -q second "$tree/received" && break; sleep 0.1; done
cat "$tree/received"
`;

describe.runIf(requireTools(...HAPROXY_NEEDS)).each(programs)('servers of %s', (haproxy) => {
  it('by name wait for a dead name server, and for nobody else', async () => {
    const text = await playHaproxy(BY_NAME, {}, haproxy, DEAD_NAME_SERVER);
    const waiting = ['a', 'b-1', 'b-2'].map((name) => `${name} MAINT (resolution)\n`).join('');
    const up = 'a UP\nb-1 UP\nb-2 MAINT (resolution)\n';
    expect(text).toBe(`started at once\n${waiting}${up}${up}`);
  });

  it('do not depend on the logs, which wait for their receiver', async () => {
    const text = await playHaproxy(LOGS, {}, haproxy, LATE_RECEIVER);
    expect(text).toMatch(/lb-1 keepalived.* first\n.*lb-1 keepalived.* second\n/);
  });

  it.each(['k8s.example.org:6444', '192.0.2.139', '[fd00::1]:6444', ''])(
    'are checked by HTTPS with the host "%s", and their certificates too',
    async (host) => {
      const { folder, pem } = makeCertificate();
      const named = host === '' ? '' : `, host: "${host}"`;
      const file = fileWith(
        `check: { type: https, path: /, ca: ca.pem, port: 6444${named} }\n    backends: [{ name: a, address: 192.0.2.130 }]`,
        `alpine: { branch: ${branchFor(haproxy)} }`,
      );
      const story = `certs=${folder}${CHECKED}`;
      expect(await playHaproxy(file, { '/cluster/ca.pem': pem }, haproxy, story)).toBe('a UP\n');
    },
  );
});
