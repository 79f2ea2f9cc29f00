import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCluster } from '../../../scripts/cluster/parse.ts';
import { fileReferences } from '../../../scripts/host/fs/reference-reader.ts';

/** Cases from public reports that lie beside some checkouts; a fresh clone has its own fixtures of each kind. */
const FOLDER = path.resolve(import.meta.dirname, '../../../../shared/cases');

/** What has to be found in a case's file: a code and its place, or nothing but a cluster. */
const ANSWERS: Readonly<Record<string, string>> = {
  '03-interface-name/bond0.yaml': 'warning interface-name network.interface',
  '03-interface-name/ens192.yaml': 'warning interface-name network.interface',
  '05-smtp-hostname/cluster.yaml': 'warning mail-name vrrp.notify.smtp_server',
  '05-smtp-hostname/port.yaml': 'error invalid-value vrrp.notify.smtp_server',
  '08-vip-prefix/node-slash0.yaml': 'error addressing nodes[0].address',
  '08-vip-prefix/v4-slash0.yaml': 'error vip-prefix vrrp.vip',
  '08-vip-prefix/v4-slash8.yaml': 'error vip-prefix vrrp.vip',
  '08-vip-prefix/v6-slash64.yaml': 'warning vip-prefix vrrp.vip[1]',
  '09-prototype-names/constructor.yaml': 'good',
  '09-prototype-names/proto.yaml': 'good',
  '10-cyclic-alias/cluster.yaml': 'error yaml-syntax ',
  '11-keepalived-words/mail-bang.yaml': 'error invalid-value vrrp.notify.notification_email',
  '11-keepalived-words/mail-brace.yaml': 'error invalid-value vrrp.notify.notification_email',
  '11-keepalived-words/mail-hash.yaml': 'error invalid-value vrrp.notify.notification_email',
  '11-keepalived-words/router-id-brace.yaml': 'error invalid-value vrrp.notify.router_id',
  '11-keepalived-words/router-id.yaml': 'error invalid-value vrrp.notify.router_id',
  '13-nonsense-addresses/backend-0.0.0.0.yaml':
    'error special-address services[0].backends[0].address',
  '13-nonsense-addresses/backend-loopback.yaml':
    'error special-address services[0].backends[0].address',
  '13-nonsense-addresses/bind-foreign.yaml': 'warning foreign-bind services[0].bind',
  '13-nonsense-addresses/node-loopback.yaml': 'error special-address nodes[0].address',
  '16-login-nobody-can-use/admin-haproxy.yaml': 'error reserved-name access.admin_user.name',
  '16-login-nobody-can-use/admin-wheel.yaml': 'error reserved-name access.admin_user.name',
  '16-login-nobody-can-use/hash.yaml': 'error secret-format access.root_password_hash',
  '16-login-nobody-can-use/ssh-key.yaml': 'error ssh-key access.ssh_authorized_keys[0]',
  '21-unreachable/backend-without-route.yaml':
    'warning unreachable services[0].backends[0].address',
  '21-unreachable/names-without-dns.yaml': 'warning unreachable system.ntp_servers[0]',
  '22-small/auth-number.yaml': 'error wrong-type vrrp.auth_pass',
  '22-small/invisible-host.yaml': 'error control-character services[0].check.host',
  '22-small/syslog-port.yaml': 'error invalid-value system.syslog',
  '22-small/timezone.yaml': 'error timezone system.timezone',
};

function briefOf(file: string): readonly string[] {
  const folder = path.dirname(file);
  const reader = fileReferences({ env: {} });
  const parsed = parseCluster(readFileSync(file, 'utf8'), { folder, reader });
  const found = parsed.ok ? parsed.warnings : parsed.diagnostics;
  const lines = found.map((it) => `${it.severity} ${it.code} ${it.path}`);
  return parsed.ok ? ['good', ...lines] : lines;
}

describe.skipIf(!existsSync(FOLDER))('cases from public reports', () => {
  test.each(Object.entries(ANSWERS))('%s: %s', (name, answer) => {
    expect(briefOf(path.join(FOLDER, name))).toContain(answer);
  });

  test('none is a bug of ours', () => {
    for (const folder of readdirSync(FOLDER, { withFileTypes: true })) {
      if (!folder.isDirectory()) continue;
      for (const file of readdirSync(path.join(FOLDER, folder.name))) {
        if (file.endsWith('.yaml')) briefOf(path.join(FOLDER, folder.name, file));
      }
    }
  });
});
