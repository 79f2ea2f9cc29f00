import { z } from 'zod';
import type { SecretModel } from '../../cluster/model.ts';
import {
  DefaultServerOptions,
  GarpOptions,
  Line,
  ServiceTimeoutOptions,
  TimeoutOptions,
} from '../../cluster/passthrough.ts';
import { Handover } from './handover/schema.ts';

/** A line that the user wrote verbatim; a tab may indent it. */
const RawLine = z
  .string()
  .regex(/^(\t|[^\p{Cc}\p{Zl}\p{Zp}])*$/u, 'it has a control character, such as a line break');

/** Shown by no template except through the helper `secret`. */
export const Secret = z.custom<SecretModel>(
  (value) => typeof value === 'object' && value !== null && 'reveal' in value,
);

const Role = z.enum(['MASTER', 'BACKUP']);

const Interface = z.strictObject({
  name: Line,
  method: z.enum(['static', 'dhcp', 'manual']),
  addresses: z.array(Line),
  gateways: z.array(Line),
  vlan: z.strictObject({ id: z.int(), parent: Line }).optional(),
  mtu: z.int().optional(),
  /** What is made of network cards before the interface comes up. */
  bond: z
    .strictObject({
      /** `mode=active-backup`: attributes of the bonding driver, in the order in which it takes them. */
      options: z.array(Line),
      members: z.array(Line),
    })
    .optional(),
  routes: z.array(z.strictObject({ to: Line, via: Line, metric: z.int().optional() })),
});

const Network = z.strictObject({
  interfaces: z.array(Interface),
  hasVlan: z.boolean(),
  hasBond: z.boolean(),
  /** Network cards that get their names by their MAC addresses. */
  namedCards: z.array(z.strictObject({ name: Line, mac: Line })),
  dns: z.array(Line),
  searchDomains: z.array(Line),
  /** The DHCP client must leave etc/resolv.conf alone. */
  keepResolvConf: z.boolean(),
});

const Service = z.strictObject({
  name: Line,
  /** Names of its sections of haproxy.cfg. */
  sections: z.strictObject({ frontend: Line, backend: Line }),
  ports: z.array(z.int()),
  binds: z.array(Line),
  maxconn: z.int().optional(),
  allow: z.array(Line),
  timeouts: ServiceTimeoutOptions,
  balance: Line,
  check: z.strictObject({
    enabled: z.boolean(),
    tcp: z.boolean(),
    /** Port that is checked instead of each server's own. */
    port: z.int().optional(),
    page: z
      .strictObject({
        tls: z.boolean(),
        path: Line,
        host: Line.optional(),
        /** Name for the SNI. */
        serverName: Line.optional(),
        /** HAProxy 3.3 and newer would take the Host header's address for that name. */
        refusesHostAsName: z.boolean(),
        headers: z.array(z.strictObject({ name: Line, value: Line })),
        expect: z.array(z.union([z.int(), Line])),
        /** Absolute path in the image. */
        caFile: Line.optional(),
      })
      .optional(),
  }),
  defaultServer: DefaultServerOptions,
  sendProxy: z.enum(['send-proxy', 'send-proxy-v2']).optional(),
  backends: z.array(
    z.strictObject({
      name: Line,
      endpoint: Line,
      weight: z.int().optional(),
      backup: z.boolean(),
      /** Family of addresses to take; absent where the backend has an address and needs none. */
      prefer: z.enum(['ipv4', 'ipv6']).optional(),
      /** `1-3`: places of a template. */
      places: Line.optional(),
    }),
  ),
  backendNames: z.array(Line),
  rawFrontend: z.array(RawLine),
  rawBackend: z.array(RawLine),
});

const Haproxy = z.strictObject({
  /** As master and worker, of which the worker binds the ports: since 3.1. Before, that is done before it is started. */
  bindsAfterFork: z.boolean(),
  /** What the services share, and the page of figures on top. */
  processMaxconn: z.int(),
  maxconn: z.int(),
  /** `127.0.0.1:8405`: the command line that the check script asks. */
  probe: Line.optional(),
  log: z.boolean(),
  logLevel: Line.optional(),
  logFormat: Line.optional(),
  nbthread: z.int().optional(),
  /** Absent where no backend is given by name. */
  resolvers: z
    .strictObject({
      nameservers: z.array(z.strictObject({ name: Line, endpoint: Line })),
      prefer: z.enum(['ipv4', 'ipv6']),
      retries: z.int(),
      resolve: Line,
      retry: Line,
      hold: z.array(z.strictObject({ what: Line, time: Line })),
    })
    .optional(),
  /** The way of the node's syslog to a receiver by TCP or TLS. */
  logForward: z
    .strictObject({
      ...{ listen: Line, receiver: Line },
      tls: z.boolean(),
      caFile: Line.optional(),
      /** DNS name that the receiver's certificate is for. */
      name: Line.optional(),
    })
    .optional(),
  dontlognull: z.boolean(),
  tcpKeepalive: z.boolean(),
  redispatch: z.boolean(),
  retries: z.int().optional(),
  timeouts: TimeoutOptions,
  rawGlobal: z.array(RawLine),
  rawDefaults: z.array(RawLine),
  services: z.array(Service),
});

const Stats = z.strictObject({
  /** Name of its section of haproxy.cfg. */
  frontend: Line,
  maxconn: z.int(),
  binds: z.array(Line),
  prometheus: z.boolean(),
  auth: z.strictObject({ user: Line, password: Secret }).optional(),
});

const Keepalived = z.strictObject({
  /** That of the first group; others say their own. */
  version: z.int(),
  routerId: Line.optional(),
  processPriority: z.int().optional(),
  emailTo: z.array(Line),
  emailFrom: Line,
  smtpServer: Line,
  smtpConnectTimeout: z.int(),
  smtpAlert: z.boolean(),
  garpAfterSplit: z.boolean(),
  check: z.strictObject({
    name: Line,
    user: Line,
    /** Whether that account may send a signal to haproxy, whose processes may have several owners. */
    maySignal: z.boolean(),
    interval: z.number(),
    weight: z.int(),
    timeout: z.number().optional(),
    fall: z.int().optional(),
    rise: z.int().optional(),
    trackProcess: z.boolean(),
    /** Seconds after which the script has judged an haproxy that was just started: two or more, its ports are bound in one. */
    settle: z.number(),
  }),
  /** The user's own scripts. */
  scripts: z.array(
    z.strictObject({
      name: Line,
      /** Absolute path of the file with its command. */
      file: Line,
      interval: z.int(),
      timeout: z.int(),
      fall: z.int(),
      rise: z.int(),
      user: Line,
    }),
  ),
  /** Listener that the check script connects to; absent = it looks for the process. */
  probe: z.strictObject({ address: Line, port: z.int(), seconds: z.int() }).optional(),
  instances: z.array(
    z.strictObject({
      name: Line,
      /** BACKUP on all nodes with nopreempt. */
      state: Role,
      interface: Line,
      virtualRouterId: z.int(),
      priority: z.int(),
      advertInt: z.number(),
      /** Name of the interface with the virtual router's MAC address. */
      vmac: Line.optional(),
      /** Its adverts leave by the interface below: unicast ones have that address. */
      vmacXmitBase: z.boolean(),
      /** Where it is another than the daemon's. */
      version: z.int().optional(),
      nopreempt: z.boolean(),
      preemptDelay: z.number(),
      authPass: Secret.optional(),
      /** A planned hand-over is a fault, instead of a lower priority. */
      handoverByFault: z.boolean(),
      garp: GarpOptions,
      /** Weight of the health script where it is another than the script's own. */
      checkWeight: z.int().optional(),
      scripts: z.array(z.strictObject({ name: Line, weight: z.int() })),
      addresses: z.array(Line),
      unicastSource: Line.optional(),
      unicastPeers: z.array(Line),
    }),
  ),
  /** Services of its runlevel that are up before it, and still up when it stops. */
  startsAfter: z.array(z.string()),
  rawGlobal: z.array(RawLine),
  rawInstance: z.array(RawLine),
});

/** nft's name of an address family: `ip` or `ip6`. */
const IpFamily = z.enum(['ip', 'ip6']);

const Firewall = z.strictObject({
  enabled: z.boolean(),
  dhcp: z.boolean(),
  vrrp: z.array(
    z.strictObject({
      interface: Line,
      /** The interface of the group's own MAC address, above it. */
      vmac: Line.optional(),
      ip: IpFamily,
      from: z.array(Line),
      to: Line.optional(),
    }),
  ),
  ports: z.array(
    z.strictObject({
      name: Line,
      protocol: z.enum(['tcp', 'udp']),
      ports: z.array(z.int()),
      /** The one interface that it is reached by, or not reached by. */
      by: Line.optional(),
      notBy: Line.optional(),
      /** One rule each; no addresses = from everywhere. */
      sources: z.array(
        z.strictObject({
          ip: IpFamily.optional(),
          addresses: z.array(Line),
          /** The VIPs that it is let in at; none = all addresses. */
          vips: z.array(Line),
        }),
      ),
    }),
  ),
});

const Accounts = {
  groups: z.array(z.strictObject({ name: Line, gid: z.int(), members: z.array(Line) })),
  users: z.array(
    z.strictObject({
      name: Line,
      uid: z.int(),
      gid: z.int(),
      comment: Line,
      home: Line,
      shell: Line,
      passwordHash: Secret.optional(),
      /** What is in place of a hash: `!` or `*`. */
      noPassword: Line,
    }),
  ),
  admin: z.strictObject({ name: Line, passwordHash: Secret.optional() }).optional(),
};

/** All that the templates of one node may name. Checked strictly, in the schema and in the templates. */
export const View = z.strictObject({
  cluster: Line,
  release: Line,
  /** Of the release that the image is built for. */
  version: Line.optional(),
  hostname: Line,
  role: Role,
  mainInterface: Line,
  severalGroups: z.boolean(),
  /** A group has interfaces of its own MAC address. */
  usesVmac: z.boolean(),
  /** The VRRP groups, and this node's part in each. */
  vrrpGroups: z.array(
    z.strictObject({
      name: Line,
      role: Role,
      isMaster: z.boolean(),
      priority: z.int(),
      interface: Line,
      /** Without prefix lengths. */
      vips: z.array(Line),
    }),
  ),
  /** Of all groups, without prefix lengths. */
  vips: z.array(Line),
  packages: z.array(Line),
  hosts: z.array(z.strictObject({ address: Line, hostname: Line })),
  network: Network,
  haproxy: Haproxy,
  stats: Stats.optional(),
  keepalived: Keepalived,
  handover: Handover,
  firewall: Firewall,
  ...Accounts,
  ssh: z.strictObject({
    enabled: z.boolean(),
    permitRootLogin: z.enum(['no', 'prohibit-password']),
    allowUsers: z.array(Line),
    rootKeys: z.array(Line),
    adminKeys: z.array(Line),
    /** Addresses to listen on; none = all. */
    listen: z.array(Line),
    /** By absolute path in the image; none = the node makes one at each boot. */
    hostKeys: z.array(z.strictObject({ path: Line, key: Secret })),
    hostCertificates: z.array(z.strictObject({ path: Line, text: Line })),
  }),
  /** The interface for management alone. */
  management: z.strictObject({ interface: Line, addresses: z.array(Line) }).optional(),
  ntp: z.array(z.strictObject({ directive: z.enum(['server', 'pool']), name: Line })),
  /** Where syslogd sends by UDP. */
  syslogTarget: Line.optional(),
  timezone: Line,
  /** fs.file-max: open files of the whole system. */
  fileMax: z.int(),
  /** fs.nr_open, the most that one process may have open; absent = the kernel's own is enough. */
  filesPerProcess: z.int().optional(),
});
export type View = z.infer<typeof View>;
