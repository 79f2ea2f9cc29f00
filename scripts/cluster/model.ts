import type { IMAGE_FORMATS } from './values/image-formats.ts';
import type { CheckHost } from './check-host.ts';
import type { DaemonVersions } from './daemon-versions.ts';
import type { SloModel } from './slo/model.ts';
import type { VrrpModel, VrrpRole } from './vrrp-model.ts';
import type { DefaultServerOptions, ServiceTimeoutOptions, TimeoutOptions } from './passthrough.ts';

/**
 * The cluster file after checking and resolving: every default filled in, one entry per node, no optional
 * meaning left to guess. Everything behind the cluster module (overlay, image, boot) reads this and never the file.
 *
 * Units are in the names or in the documented daemon's own notation ("10s", "1m": HAProxy time format).
 */
export interface ClusterModel {
  readonly name: string;
  readonly alpine: AlpineModel;
  /** What the rules and the templates go by. */
  readonly daemons: DaemonVersions;
  readonly image: ImageModel;
  readonly nodes: readonly NodeModel[];
  readonly vrrp: VrrpModel;
  /** The loss that is asked for; absent where none is. */
  readonly slo?: SloModel;
  readonly haproxy: HaproxyModel;
  readonly services: readonly ServiceModel[];
  readonly access: AccessModel;
  readonly system: SystemModel;
  readonly firewall: FirewallModel;
  readonly stats: StatsModel | undefined;
  /** The user's own file tree laid over ours: an absolute path, from `overlay:`. */
  readonly overlayFolder: string | undefined;
  readonly raw: RawLinesModel;
}

export interface AlpineModel {
  /** `v3.24` or `edge`: the folder below the mirror. */
  readonly branch: string;
  /** Alpine's name: `x86_64`. */
  readonly arch: string;
  /**
   * Repositories in apk's order of preference. Each lists the equivalent bases it may be read from (a folder
   * or a URL that holds `<arch>/APKINDEX.tar.gz`), first choice first: one per mirror.
   */
  readonly repositories: readonly RepositoryModel[];
  /** Folder of trusted `*.rsa.pub` files; absent = Alpine's official keys. */
  readonly keysFolder: string | undefined;
  /** Packages the user adds to the image's world, in apk's dependency notation. */
  readonly packages: readonly string[];
  /** Kernel flavour: package `linux-<flavour>`. */
  readonly kernelFlavour: string;
  /** Where `scripts/` of aports come from (path or URL), for the mkimage engine. */
  readonly aports: string | undefined;
}

export interface RepositoryModel {
  /** Short stable name used in the lock and the mirror: `main`, `community`, or derived from the path. */
  readonly name: string;
  /** apk's `@tag`, when the repository is pinned. */
  readonly tag: string | undefined;
  readonly bases: readonly string[];
}

/** A form that a node's image comes in; every other one is made from the ISO. */
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

export interface ImageModel {
  readonly engine: 'mkimage' | 'native';
  /** In the order of the table, each once; `iso` is always among them. */
  readonly formats: readonly ImageFormat[];
  /** Name of a profile under profiles/. */
  readonly profile: string;
  /** Extra kernel arguments. */
  readonly kernelArguments: readonly string[];
  /** Names of kernel modules beside those of the profile; or every module. */
  readonly modules: 'all' | readonly string[];
  /** `ttyS0` and baud: kernel console and getty; absent = no serial console. */
  readonly serialConsole: { readonly device: string; readonly baud: number } | undefined;
}

export interface NodeModel {
  readonly hostname: string;
  /** MASTER where it is that of any VRRP group. */
  readonly role: VrrpRole;
  readonly interfaces: readonly InterfaceModel[];
  /** Name of the interface for management alone: sshd and stats listen on its addresses and nowhere else. */
  readonly managementInterface: string | undefined;
  readonly dns: readonly string[];
  readonly searchDomains: readonly string[];
}

export interface InterfaceModel {
  /** `eth0`, or `eth0.20` for a VLAN. */
  readonly name: string;
  readonly vlan: { readonly id: number; readonly parent: string } | undefined;
  readonly mtu: number | undefined;
  /** Static addresses in CIDR notation; v4 and v6. Empty with dhcp. */
  readonly addresses: readonly string[];
  readonly dhcp: boolean;
  readonly gateway4: string | undefined;
  readonly gateway6: string | undefined;
  readonly routes: readonly RouteModel[];
  /** What the interface is, or what its VLAN is on top of. */
  readonly bond: BondModel | undefined;
  /** Lower case, with colons: the card that gets the name, or that of the VLAN's parent. */
  readonly mac: string | undefined;
}

export interface RouteModel {
  /** In CIDR notation; 0.0.0.0/0 or ::/0 for a default route. */
  readonly to: string;
  readonly via: string;
  /** Absent = the kernel's. */
  readonly metric: number | undefined;
}

/** Terms of the kernel's bonding driver (Documentation/networking/bonding.rst). */
export interface BondModel {
  readonly mode: 'active-backup' | '802.3ad';
  readonly members: readonly CardModel[];
  /** Milliseconds. */
  readonly miimon: number;
  readonly primary: string | undefined;
  readonly lacpRate: 'slow' | 'fast' | undefined;
  readonly xmitHashPolicy: string | undefined;
}

export interface CardModel {
  readonly name: string;
  /** Absent = whichever card the kernel calls so. */
  readonly mac: string | undefined;
}

/** HAProxy's `global` and `defaults`. */
export interface HaproxyModel {
  readonly maxconn: number;
  readonly timeouts: TimeoutOptions;
  readonly dontlognull: boolean;
  readonly retries: number | undefined;
  readonly redispatch: boolean;
  /** `option tcpka`: keep-alive probes on both sides, so that a silent peer is noticed. */
  readonly tcpKeepalive?: boolean;
  /** `log` target of HAProxy: the local syslog socket, or none. */
  readonly log: 'syslog' | 'none';
  /** Least severity that is logged; absent = all. */
  readonly logLevel?: string | undefined;
  /** HAProxy's log-format notation; absent = `option tcplog`. */
  readonly logFormat?: string | undefined;
  /** Absent = one for each processor. */
  readonly nbthread?: number | undefined;
  readonly resolvers: ResolversModel;
}

/** HAProxy's `resolvers`, for backends by name. Times in HAProxy's notation. */
export interface ResolversModel {
  /** `192.168.9.1:53`; empty = the node's own. */
  readonly nameservers: readonly string[];
  readonly prefer: 'ipv4' | 'ipv6';
  readonly retries: number;
  readonly timeouts: { readonly resolve: string; readonly retry: string };
  readonly hold: Readonly<
    Record<'valid' | 'obsolete' | 'nx' | 'other' | 'refused' | 'timeout', string>
  >;
}

/** One TCP frontend and its backend. */
export interface ServiceModel {
  /** `k8s-api`; its sections of haproxy.cfg are called as `sectionNames` says. */
  readonly name: string;
  /** HAProxy bind lines: `:::6443 v4v6`. */
  readonly binds: readonly string[];
  /** Names of the VRRP groups that carry it; empty = whatever address is asked for. */
  readonly groups: readonly string[];
  readonly port: number;
  readonly frontendMaxconn: number | undefined;
  readonly balance: string;
  readonly check: BackendCheckModel;
  readonly defaultServer: DefaultServerOptions;
  readonly backends: readonly BackendModel[];
  /** CIDRs that may connect; empty = everyone. */
  readonly allow: readonly string[];
  readonly sendProxy: 'none' | 'v1' | 'v2';
  /** This service's own timeouts where they differ from `haproxy.timeouts`; HAProxy time format. */
  readonly timeouts?: ServiceTimeoutOptions;
}

export type BackendCheckModel =
  | { readonly type: 'tcp'; readonly port?: number | undefined }
  | PageCheckModel
  | { readonly type: 'none' };

/** A page that is asked for. */
export interface PageCheckModel {
  readonly type: 'http' | 'https';
  /** Where it is asked for; absent = each server's own port. */
  readonly port?: number | undefined;
  readonly path: string;
  readonly host: CheckHost | undefined;
  /** HTTP status codes taken as healthy, and ranges of them: [200], [200, 401], ['200-399']. */
  readonly expect: readonly (number | string)[];
  readonly headers: Readonly<Record<string, string>>;
  /** PEM of the CA that signs the API servers, baked into the image; absent = `verify none`. */
  readonly ca: string | undefined;
}

export interface BackendModel {
  readonly name: string;
  /** An IP address, or a DNS name that HAProxy keeps asking for (`isDnsName`). */
  readonly address: string;
  /** Places for the addresses of a DNS name (`server-template`); absent = one server. */
  readonly count?: number | undefined;
  readonly port: number;
  readonly weight: number | undefined;
  readonly backup: boolean;
}

export interface AccessModel {
  readonly sshAuthorizedKeys: readonly string[];
  /** crypt(3) hash, or absent = locked. */
  readonly rootPasswordHash: SecretModel | undefined;
  readonly adminUser:
    { readonly name: string; readonly passwordHash: SecretModel | undefined } | undefined;
  readonly sshd: boolean;
  /** Nodes whose host keys stay the same from boot to boot. */
  readonly sshHosts: readonly SshHostModel[];
}

interface SshHostModel {
  readonly hostname: string;
  /** Private keys, as OpenSSH or PEM has them. */
  readonly keys: readonly SecretModel[];
  /** Certificates of these keys, one line each. */
  readonly certificates: readonly string[];
}

export interface SystemModel {
  readonly timezone: string;
  readonly ntpServers: readonly string[];
  /** `host` or `host:port` that receives syslog. */
  readonly syslogTarget: string | undefined;
  readonly syslogProtocol?: 'udp' | 'tcp' | 'tls';
  /** PEM of the CA of a receiver by TLS. */
  readonly syslogCa?: string | undefined;
  /** DNS name that its certificate is for; absent = whichever. */
  readonly syslogName?: string | undefined;
  readonly guestAgent: 'none' | 'qemu' | 'vmware' | 'hyper-v';
}

export interface FirewallModel {
  readonly enabled: boolean;
  /** CIDRs that may reach ssh and stats; empty = everyone. */
  readonly allowManagement: readonly string[];
  /** Of programs that the user brings. */
  readonly ports: readonly FirewallPortModel[];
}

interface FirewallPortModel {
  readonly name: string;
  readonly ports: readonly number[];
  readonly protocol: 'tcp' | 'udp';
  /** CIDRs; empty = everyone. */
  readonly from: readonly string[];
  /** What of a node with an interface for management it is open on. */
  readonly openOn: 'services' | 'management' | 'all';
}

export interface StatsModel {
  /** `*` for all; undefined: the node's addresses for management. */
  readonly bind: string | undefined;
  readonly port: number;
  readonly prometheus: boolean;
  readonly auth: { readonly user: string; readonly password: SecretModel } | undefined;
}

/**
 * A value that must never enter logs, manifests or caches in the clear. `reveal()` is called only where the
 * value is written into the image, with mode 0600. `toJSON`/`toString` give a placeholder.
 */
export interface SecretModel {
  /** Where it came from, for messages: `file /etc/secret`, `environment variable NAME`, `cluster file`. */
  readonly source: string;
  reveal(): string;
}

/** Verbatim lines a user adds to a section, each without its newline. */
export interface RawLinesModel {
  readonly haproxyGlobal: readonly string[];
  readonly haproxyDefaults: readonly string[];
  readonly haproxyFrontend: Readonly<Record<string, readonly string[]>>;
  readonly haproxyBackend: Readonly<Record<string, readonly string[]>>;
  readonly keepalivedGlobal: readonly string[];
  readonly keepalivedInstance: readonly string[];
}
