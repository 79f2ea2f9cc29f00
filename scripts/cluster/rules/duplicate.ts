import { lintError } from '../findings/finding.ts';
import type { LintFinding } from '../findings/finding.ts';
import { listOf } from '../resolve/lists.ts';
import type { DocumentPath } from '../text/document-path.ts';
import { hostOf } from '../values/address.ts';
import type { Rule, RuleInput } from './rule.ts';
import { sectionClash } from './services/section-names.ts';
import { interfacePath } from './vrrp/interface-path.ts';
import { placedGroups } from './vrrp/placed-groups.ts';

/** Things that must be unique within one cluster. */
export const duplicate: Rule = (input) => [
  ...hostnames(input),
  ...interfaceNames(input),
  ...nodeAddresses(input),
  ...vips(input),
  ...serviceNames(input),
  ...sectionClash(input),
  ...backends(input),
  ...nodeIsBackend(input),
];

interface Named {
  readonly identity: string;
  readonly path: DocumentPath;
}

/** One finding for each later entry whose identity an earlier one has. */
function repeated(
  entries: readonly Named[],
  message: (identity: string) => string,
  fatal = false,
): readonly LintFinding[] {
  const seen = new Set<string>();
  return entries.flatMap(({ identity, path }) => {
    if (!seen.has(identity)) {
      seen.add(identity);
      return [];
    }
    return [{ ...lintError('duplicate', path, message(identity)), fatal }];
  });
}

function hostnames({ cluster }: RuleInput): readonly LintFinding[] {
  const entries = cluster.nodes.map(({ hostname }, index) => ({
    identity: hostname,
    path: ['nodes', index, 'hostname'],
  }));
  return repeated(
    entries,
    (name) => `two nodes have the host name ${name}: they would write the same ISO`,
    true,
  );
}

function interfaceNames(input: RuleInput): readonly LintFinding[] {
  return input.cluster.nodes.flatMap(({ hostname, interfaces }, node) => {
    const entries = interfaces.map(({ name }, index) => ({
      identity: name,
      path: interfacePath(input, node, index),
    }));
    return repeated(entries, (name) => `${hostname} has the interface ${name} twice`, true);
  });
}

function nodeAddresses(input: RuleInput): readonly LintFinding[] {
  const entries = input.cluster.nodes.flatMap(({ interfaces }, node) =>
    interfaces.flatMap(({ addresses }, index) =>
      addresses.map((address) => ({
        identity: hostOf(address),
        path: [...interfacePath(input, node, index), 'address'],
      })),
    ),
  );
  return repeated(
    entries,
    (address) => `the address ${address} is given twice: both machines would lose traffic`,
  );
}

function vips(input: RuleInput): readonly LintFinding[] {
  const entries = placedGroups(input).flatMap(({ written, path }) =>
    listOf(written.vip).map((vip, index) => ({
      identity: hostOf(vip),
      path: [...path, 'vip', index],
    })),
  );
  return repeated(entries, (vip) => `the VIP ${vip} is given twice`);
}

function serviceNames({ cluster }: RuleInput): readonly LintFinding[] {
  const entries = cluster.services.map(({ name }, index) => ({
    identity: name,
    path: ['services', index, 'name'],
  }));
  return repeated(
    entries,
    (name) => `two services have the name ${name}, which names their sections of haproxy.cfg`,
    true,
  );
}

function backends({ cluster }: RuleInput): readonly LintFinding[] {
  return cluster.services.flatMap((service, index) => {
    const base = ['services', index, 'backends'] as const;
    const names = service.backends.map(({ name }, place) => ({
      identity: name,
      path: [...base, place, 'name'],
    }));
    const targets = service.backends.map(({ address, port }, place) => ({
      identity: `${hostOf(address)} port ${port}`,
      path: [...base, place, 'address'],
    }));
    return [
      ...repeated(names, (name) => `two backends of ${service.name} have the name ${name}`, true),
      ...repeated(
        targets,
        (target) =>
          `two backends of ${service.name} are the same server, ${target}: it would get a double share`,
      ),
    ];
  });
}

function nodeIsBackend({ cluster }: RuleInput): readonly LintFinding[] {
  const hosts = new Map(
    cluster.nodes.flatMap(({ hostname, interfaces }) =>
      interfaces.flatMap(({ addresses }) =>
        addresses.map((address) => [hostOf(address), hostname] as const),
      ),
    ),
  );
  return cluster.services.flatMap(({ backends: servers, port }, service) =>
    servers.flatMap((backend, index) => {
      const hostname = hosts.get(hostOf(backend.address));
      if (hostname === undefined || backend.port !== port) return [];
      const path = ['services', service, 'backends', index, 'address'];
      return [
        lintError(
          'duplicate',
          path,
          `the backend ${backend.name} has the address and port of the proxy ${hostname}: haproxy would connect to itself`,
        ),
      ];
    }),
  );
}
