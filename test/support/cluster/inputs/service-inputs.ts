import { cases } from './input-case.ts';

const API =
  '[{name: a, address: 192.168.9.130}, {name: b, address: 192.168.9.131}, {name: c, address: 192.168.9.132}]';
const NODES =
  'nodes:\n  - {hostname: lb-1, address: 192.168.9.137/24}\n  - {hostname: lb-2, address: 192.168.9.138/24}\nvrrp: {vip: 192.168.9.139}\nservices:\n';
const list = (...services: readonly string[]): string =>
  NODES + services.map((service) => `  - {${service}, backends: ${API}}\n`).join('');
const INGRESS = 'balance: source, check: {type: http, port: 1936, path: /healthz/ready}';

/** What distributions of Kubernetes put behind such a pair. */
export const SERVICE_INPUTS = cases([
  ['k3s, asked for its ping', list('name: k3s, check: {type: https, path: /ping}')],
  [
    'RKE2, joined by 9345 and judged by 6443',
    list('check: {type: https}', 'name: rke2-join, port: 9345, check: {type: https, port: 6443}'),
  ],
  [
    'RKE2, with the PROXY protocol',
    list('name: rke2-join, port: 9345, send_proxy: v2'),
    '6 send-proxy',
  ],
  [
    'OpenShift: API, machine configurations, ingress',
    list(
      'check: {type: https}',
      'name: machine-config, port: 22623, check: {type: https, path: /healthz}',
      `name: web, port: 80, ${INGRESS}`,
      `name: web-tls, port: 443, ${INGRESS}`,
    ),
  ],
  [
    'OpenShift, with the PROXY protocol to machine configurations',
    list('name: machine-config, port: 22623, send_proxy: v2'),
    '6 send-proxy',
  ],
  ['Talos, with its own API', list('name: k8s', 'name: talos, port: 50000')],
  [
    'kubeadm on the proxies themselves',
    { backends: '{name: a, address: 192.168.9.137}, {name: b, address: 192.168.9.138}' },
    '6 duplicate',
  ],
  [
    'kubeadm on the proxies, at another port',
    {
      service: 'port: 8443',
      backends:
        '{name: a, address: 192.168.9.137, port: 6443}, {name: b, address: 192.168.9.131, port: 6443}',
    },
    '6 servers',
  ],
  [
    'kubeadm, offered at another port',
    {
      service: 'port: 8443',
      backends:
        '{name: a, address: 192.168.9.130, port: 6443}, {name: b, address: 192.168.9.131, port: 6443}',
    },
  ],
  [
    'the VIP as a server',
    {
      backends: '{name: a, address: 192.168.9.139, port: 6444}, {name: b, address: 192.168.9.131}',
    },
    '4 vip-subnet',
  ],
  ['two services at one port', list('name: a', 'name: c'), '7 duplicate'],
  ['two services whose names differ in case', list('name: a', 'name: A, port: 443')],
  [
    'a service that has the name of a section of another',
    list('name: a', 'name: a-frontend, port: 443'),
    '7 duplicate',
  ],
  ['a service named by a number', { service: 'name: 6443' }, '6 wrong-type'],
  ['a service with a blank in its name', { service: 'name: k8s api' }, '6 invalid-value'],
  ['a check for no status', { service: 'check: {type: https, expect: []}' }, '6 invalid-value'],
  [
    'a check for statuses from large to small',
    { service: 'check: {type: https, expect: "403-400"}' },
    '6 invalid-value',
  ],
  [
    'a check for a class of statuses',
    { service: 'check: {type: https, expect: 2xx}' },
    '6 invalid-value',
  ],
  [
    'a check with a query',
    { service: 'check: {type: https, path: "/readyz?verbose&exclude=etcd"}' },
  ],
  ['a check with a dollar sign', { service: 'check: {type: https, path: "/$HOME"}' }],
  ['a check in capitals', { service: 'check: TCP' }, '6 invalid-value'],
  ['a check that is a switch', { service: 'check: true' }, '6 invalid-value'],
  [
    'a header of two lines',
    { service: 'check: {type: http, headers: {X-A: "a\\r\\nHost: b"}}' },
    '6 control-character',
  ],
  ['a bind range', { service: 'bind: ":6443-6445"' }, '6 invalid-value'],
  ['a bind address from the environment', { service: "bind: '${VIP}:6443'" }, '6 invalid-value'],
  [
    'a bind to a card that no node has',
    { service: 'bind: ":6443 interface eth9"' },
    '6 foreign-bind',
  ],
  ['a bind to a card', { service: 'bind: ":6443 interface eth0"' }],
  ['networks within networks', { service: 'allow: [10.0.0.0/8, 10.1.0.0/16, 10.1.2.3]' }],
  ['a network by one of its addresses', { service: 'allow: [10.1.2.3/8]' }],
  ['a network in octal', { service: 'allow: [010.0.0.0/8]' }, '6 invalid-value'],
  ['sources by name', { service: 'allow: [admin.example.org]' }, '6 invalid-value'],
  [
    'the page of figures at the port of a service',
    { rest: 'stats: {port: 6443}\n' },
    '7 duplicate',
  ],
]);
