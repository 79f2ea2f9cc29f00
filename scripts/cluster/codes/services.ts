import type { CodePage } from './page.ts';

export const SERVICE_PAGES: readonly CodePage[] = [
  {
    code: 'readyz',
    title: 'An API server that hangs passes a check of its port',
    meaning:
      'A Kubernetes API server accepts connections while it starts, while it stops and when it hangs. A health check that only connects keeps sending it its share of the clients.',
    seen: [
      'openshift/installer#4012: a check by TCP kept API servers that did not serve',
      'rancher/rke2#7374: the same',
      'kubernetes/kubernetes#43784: with anonymous access off, /readyz answers 401',
    ],
    remedy: 'Ask for /readyz by HTTPS, and take 401 for healthy where anonymous access is off.',
    silence: true,
    example: {
      before: 'services:\n  - check: tcp',
      after: 'services:\n  - check: {type: https, path: /readyz, expect: [200, 401]}',
    },
  },
  {
    code: 'stuck',
    title: 'Clients hang on a server that vanished',
    meaning:
      'When a server loses its power, its clients are not notified. Connections through haproxy stay open until TCP gives up, which takes a quarter of an hour, unless haproxy closes the sessions of a server that its check found dead, or probes idle connections.',
    seen: ['kubernetes/kubernetes#48638: kubelets that were not ready for 15 minutes'],
    remedy: 'Set shutdown_sessions under default_server, or tcp_keepalive under haproxy.',
    silence: true,
    example: {
      before: 'haproxy:\n  tcp_keepalive: false',
      after: 'haproxy:\n  default_server: {shutdown_sessions: true}',
    },
  },
  {
    code: 'maxconn',
    title: 'The frontend lets more in than the servers take',
    meaning:
      'What is above the servers’ maxconn waits in a queue, what is above that is refused. Watch streams keep their places for minutes, so the queue does not move.',
    remedy:
      'Raise default_server.maxconn, or haproxy.maxconn where the whole process is the limit.',
    silence: true,
    example: {
      before: 'haproxy:\n  default_server: {maxconn: 100}',
      after: 'haproxy:\n  default_server: {maxconn: 10000}',
    },
  },
  {
    code: 'streams',
    title: 'A timeout that cuts quiet streams',
    meaning:
      'kubectl exec, logs -f and watch are silent for long. Once a connection is through, timeout tunnel rules alone; below an hour it ends them.',
    seen: [
      'kubernetes/kubeadm#2227: exec and logs ended after a minute',
      'kubernetes/kubernetes#94301: watches that ended',
      'kubernetes-sigs/kind#740: the same',
    ],
    remedy: 'An hour or more; the default is a day.',
    silence: true,
    example: {
      before: 'haproxy:\n  timeouts: {tunnel: 50s}',
      after: 'haproxy:\n  timeouts: {tunnel: 86400s}',
    },
  },
  {
    code: 'bind-port',
    title: 'Clients of the port find nobody there',
    meaning: 'The service names one port, and binds others.',
    remedy: 'Bind the port, or leave port out.',
    silence: true,
    example: {
      before: 'services:\n  - {port: 6443, bind: "192.168.9.139:443"}',
      after: 'services:\n  - {bind: "192.168.9.139:443"}',
    },
  },
  {
    code: 'haproxy-words',
    title: 'Words of haproxy.cfg that newer versions warn of or refuse',
    meaning:
      'master-worker, dispatch and option transparent give a warning from haproxy 3.3 on, and are an error in 3.5.',
    remedy: 'Follow the hint of the finding.',
    silence: true,
    example: {
      before: 'raw:\n  haproxy:\n    global: [master-worker]',
      after: 'vrrp:\n  check: {track_process: true}',
    },
  },
  {
    code: 'reference',
    title: 'A file or a section that is named and is not there',
    meaning:
      'A CA file or a file of public keys cannot be read, or raw lines name a service that does not exist.',
    remedy: 'Correct the name; paths start at the folder of the cluster file.',
    silence: false,
    example: {
      before: 'services:\n  - check: {type: https, ca: nowhere.crt}',
      after: 'services:\n  - check: {type: https, ca: ca.crt}',
    },
  },
  {
    code: 'private-key',
    title: 'A CA file that also holds a private key',
    meaning:
      'Whoever has the key of the CA can sign certificates for every name in the cluster. Only the certificates of the file go into the images; the key should not be beside the cluster file.',
    remedy: 'Take the certificate out: openssl x509 -in both.pem -out ca.crt',
    silence: true,
    example: {
      before: 'services:\n  - check: {type: https, ca: both.pem}',
      after: 'services:\n  - check: {type: https, ca: ca.crt}',
    },
  },
  {
    code: 'servers',
    title: 'Servers that never get a connection',
    meaning:
      'A server of weight 0 gets no connections, one that is a backup gets connections when all others are down. Where every server is the one or the other, the service answers nobody, or has no reserve. An IPv6 address with a port but without brackets is another address; a proxy itself has no API server.',
    remedy: 'Give a server a weight, and leave backup to those that are meant as a reserve.',
    silence: true,
    example: {
      before: 'services:\n  - default_server: {weight: 0}',
      after: 'services:\n  - default_server: {weight: 100}',
    },
  },
  {
    code: 'send-proxy',
    title: 'The PROXY protocol to an API server',
    meaning:
      'kube-apiserver does not speak the PROXY protocol: it takes the header for a broken TLS handshake, and every client gets an error. A check by TCP still succeeds.',
    seen: [
      'kubernetes/kubernetes#76928: asked for, and closed',
      'kubernetes/kubernetes#49682: remote error: tls: record overflow',
    ],
    remedy: 'Take send_proxy away from the services of API servers.',
    silence: true,
    example: {
      before: 'services:\n  - send_proxy: v2',
      after: 'services:\n  - send_proxy: none',
    },
  },
  {
    code: 'backend-dns',
    title: 'A backend by name that haproxy cannot look up',
    meaning:
      'haproxy asks name servers itself, while it runs, and needs to be told which. Without one the server stays in maintenance for ever. A count of places is for a name with several addresses.',
    seen: ['haproxy/haproxy#185: a name that could not be looked up at start'],
    remedy: 'Set network.dns or haproxy.resolvers.nameservers, or write the address.',
    silence: true,
    example: {
      before: 'services:\n  - backends:\n      - {name: k8s-1, address: api.example.org}',
      after:
        'network:\n  dns: [192.168.9.1]\nservices:\n  - backends:\n      - {name: k8s-1, address: api.example.org}',
    },
  },
  {
    code: 'limits',
    title: 'More connections than the machine has memory or ports for',
    meaning:
      'A connection takes about 50 kB of memory in haproxy and the kernel. To one server a node has some 28,000 ports, so no more connections than that.',
    remedy: 'Lower maxconn to what the machine has, or give it more.',
    silence: true,
    example: {
      before: 'haproxy:\n  maxconn: 1000000',
      after: 'haproxy:\n  maxconn: 20000',
    },
  },
];
