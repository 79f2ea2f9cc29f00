import { lintError, lintWarning } from '../findings/finding.ts';
import type { LintFinding } from '../findings/finding.ts';
import type { ClusterModel, ServiceModel } from '../model.ts';
import type { DocumentPath } from '../text/document-path.ts';
import { hostOf } from '../values/address.ts';
import { isDnsName } from '../values/host-name.ts';
import type { Rule } from './rule.ts';

/** Ports on which servers of Kubernetes, RKE2 and OpenShift (machine configurations) speak TLS and nothing before it. */
const API_PORTS: ReadonlySet<number> = new Set([6443, 9345, 22_623]);

/** Servers that get no connections, or that cannot read what they get. */
export const servers: Rule = ({ file, cluster }) =>
  cluster.services.flatMap((service, index) => {
    const path = ['services', index];
    const weightWritten = file.services[index]?.default_server?.weight !== undefined;
    return [
      ...withoutWeight(service, weightWritten ? [...path, 'default_server', 'weight'] : path),
      ...backupsOnly(service, path),
      ...proxyProtocol(service, path),
      ...names(service, path, cluster),
      ...portInAddress(service, file.services[index]?.backends ?? [], path),
      ...onProxies(service, path, cluster),
    ];
  });

function withoutWeight(service: ServiceModel, path: DocumentPath): readonly LintFinding[] {
  const { backends, defaultServer, name } = service;
  if (backends.some(({ weight }) => (weight ?? defaultServer.weight) > 0)) return [];
  const message = `every server of ${name} has weight 0: haproxy sends no connection to any of them`;
  return [lintError('servers', path, message, 'Give at least one a weight from 1 to 256.')];
}

function backupsOnly({ backends, name }: ServiceModel, path: DocumentPath): readonly LintFinding[] {
  if (backends.some(({ backup }) => !backup)) return [];
  const message = `every server of ${name} is a backup: haproxy uses the first of them alone, and nothing is balanced`;
  const hint = 'Use backup: true only for those that should wait until all others are down.';
  return [lintWarning('servers', [...path, 'backends'], message, hint)];
}

function proxyProtocol(service: ServiceModel, path: DocumentPath): readonly LintFinding[] {
  const port = service.backends.find((backend) => API_PORTS.has(backend.port))?.port;
  if (service.sendProxy === 'none' || port === undefined) return [];
  const message = `${service.name} sends the PROXY protocol to port ${port}: a server of Kubernetes does not speak it, so every client gets a TLS error while the servers stay up`;
  return [lintWarning('send-proxy', [...path, 'send_proxy'], message, 'Remove send_proxy here.')];
}

/** `fd00::130:6443` is an address too, of eight groups: a port of IPv6 needs brackets. */
function portInAddress(
  { port }: ServiceModel,
  written: readonly { readonly address: string }[],
  path: DocumentPath,
): readonly LintFinding[] {
  return written.flatMap(({ address }, index) => {
    const end = /^([0-9A-Fa-f:]+):(\d+)$/.exec(address);
    if (!address.replace(/:\d+$/, '').includes(':') || Number(end?.[2]) !== port) return [];
    const message = `${address} is an IPv6 address whose last part looks like the port ${port}`;
    const hint = `Write [${end?.[1] ?? ''}]:${port} if it is one, else its digits in another way, such as 0${port}.`;
    const place = [...path, 'backends', index, 'address'];
    return [lintWarning('servers', place, message, hint)];
  });
}

/** Nothing but what the user adds would answer there; its own port is a duplicate. */
function onProxies(
  service: ServiceModel,
  path: DocumentPath,
  { nodes, overlayFolder, alpine: { packages } }: ClusterModel,
): readonly LintFinding[] {
  if (overlayFolder !== undefined || packages.length > 0) return [];
  return service.backends.flatMap(({ name, address, port }, index) => {
    const home = nodes.find(({ interfaces }) =>
      interfaces.some((entry) => entry.addresses.some((own) => hostOf(own) === hostOf(address))),
    );
    if (home === undefined || port === service.port) return [];
    const message = `the backend ${name} is on the proxy ${home.hostname}: its image holds no server for port ${port}`;
    const hint = 'Name the address of the API server: proxies are machines of their own.';
    return [lintWarning('servers', [...path, 'backends', index, 'address'], message, hint)];
  });
}

function names(
  service: ServiceModel,
  path: DocumentPath,
  { haproxy, nodes }: ClusterModel,
): readonly LintFinding[] {
  const asking = nodes.find(({ dns }) => dns.length === 0);
  return service.backends.flatMap((backend, index) => {
    const place = [...path, 'backends', index];
    if (!isDnsName(backend.address)) {
      return backend.count === undefined
        ? []
        : [
            lintError(
              'backend-dns',
              [...place, 'count'],
              `${backend.name} is an address: count is for the addresses of a DNS name`,
              'Remove count, or write a DNS name as address.',
            ),
          ];
    }
    if (haproxy.resolvers.nameservers.length > 0 || asking === undefined) return [];
    const message = `${backend.name} is a DNS name, but ${asking.hostname} has no name server that haproxy could ask`;
    const hint = 'Write dns under network, or nameservers under haproxy.resolvers.';
    return [{ ...lintError('backend-dns', [...place, 'address'], message, hint), fatal: true }];
  });
}
