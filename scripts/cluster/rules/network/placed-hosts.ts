import { groupFilesOf } from '../../resolve/groups.ts';
import { listOf } from '../../resolve/lists.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import { splitHostPort } from '../../values/host-port.ts';
import type { RuleInput } from '../rule.ts';

/** What a host of the cluster file is for. */
export type HostUse = 'node' | 'vip' | 'gateway' | 'backend' | 'dns' | 'ntp' | 'syslog' | 'mail';

/** An address or a name in the cluster file, as written. */
export interface PlacedHost {
  /** With its prefix where one is written; without a port. */
  readonly host: string;
  readonly use: HostUse;
  /** For messages: `the backend k8s-1`. */
  readonly what: string;
  readonly path: DocumentPath;
}

/** Every host that the file names, in its order. */
export function placedHosts(input: RuleInput): readonly PlacedHost[] {
  return [
    ...ofNodes(input),
    ...ofNetwork(input),
    ...vips(input),
    ...backends(input),
    ...services(input),
  ];
}

type Written = string | readonly string[] | undefined;

function placed(
  written: Written,
  path: DocumentPath,
  use: HostUse,
  what: string,
): readonly PlacedHost[] {
  return listOf(written).map((host, index) => ({
    ...{ host, use, what },
    path: Array.isArray(written) ? [...path, index] : path,
  }));
}

function ofNodes({ file }: RuleInput): readonly PlacedHost[] {
  return file.nodes.flatMap((node, index) => {
    const path = ['nodes', index];
    const name = node.hostname;
    const further = (node.interfaces ?? []).flatMap((entry, place) => [
      ...placed(
        entry.address,
        [...path, 'interfaces', place, 'address'],
        'node',
        `the address of ${name}`,
      ),
      ...placed(
        entry.gateway,
        [...path, 'interfaces', place, 'gateway'],
        'gateway',
        `the gateway of ${name}`,
      ),
    ]);
    return [
      ...placed(node.address, [...path, 'address'], 'node', `the address of ${name}`),
      ...placed(node.gateway, [...path, 'gateway'], 'gateway', `the gateway of ${name}`),
      ...placed(node.dns, [...path, 'dns'], 'dns', `the name server of ${name}`),
      ...further,
    ];
  });
}

function ofNetwork({ file: { network } }: RuleInput): readonly PlacedHost[] {
  return [
    ...placed(network?.gateway, ['network', 'gateway'], 'gateway', 'the gateway'),
    ...placed(network?.dns, ['network', 'dns'], 'dns', 'the name server'),
  ];
}

function vips({ file }: RuleInput): readonly PlacedHost[] {
  return groupFilesOf(file).flatMap(({ written, path }) =>
    placed(written.vip, [...path, 'vip'], 'vip', 'the VIP'),
  );
}

function backends({ file }: RuleInput): readonly PlacedHost[] {
  return file.services.flatMap((service, index) =>
    service.backends.flatMap(({ name, address }, place) =>
      placed(
        address,
        ['services', index, 'backends', place, 'address'],
        'backend',
        `the backend ${name}`,
      ),
    ),
  );
}

function services({ file }: RuleInput): readonly PlacedHost[] {
  const { system } = file;
  const syslog = system?.syslog === undefined ? undefined : splitHostPort(system.syslog).host;
  return [
    ...placed(system?.ntp_servers, ['system', 'ntp_servers'], 'ntp', 'the NTP server'),
    ...placed(syslog, ['system', 'syslog'], 'syslog', 'the syslog host'),
    ...groupFilesOf(file).flatMap(({ written, path }) =>
      placed(
        written.notify?.smtp_server?.split(' ', 1)[0],
        [...path, 'notify', 'smtp_server'],
        'mail',
        'the mail server',
      ),
    ),
  ];
}
