import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { SYSLOG_CA_PATH } from '../log-forward.ts';
import { releaseText } from './release-text.ts';
import type { TreeEntry } from '../tree.ts';
import { servicesByRunlevel } from './runlevels.ts';
import { trackScriptPath, trackScriptText } from './track-script.ts';
import type { View } from './view-schema.ts';

/** Where the CA of a service's health check lies in the image. */
export function caPath(service: string): string {
  return `etc/haproxy/ca/${service.replace(/[^A-Za-z0-9_.-]/g, '_')}.pem`;
}

/** Entries whose paths depend on the cluster file, which a template's name cannot. */
export function computedEntries(
  cluster: ClusterModel,
  node: NodeModel,
  view: View,
): readonly TreeEntry[] {
  return [
    ...runlevelLinks(cluster, view),
    ...timezoneLink(cluster),
    ...caFiles(cluster),
    ...trackScripts(cluster, node),
    ...syslogCa(cluster),
    ...adminHome(view),
    ...hostIdentity(view),
    file('etc/vipiso/release.json', releaseText(view), 0o644, 0),
  ];
}

function runlevelLinks(cluster: ClusterModel, { network }: View): readonly TreeEntry[] {
  const levels = servicesByRunlevel(cluster, network.namedCards.length > 0);
  return Object.entries(levels).flatMap(([level, services]) =>
    services.map((service) => link(`etc/runlevels/${level}/${service}`, `/etc/init.d/${service}`)),
  );
}

function timezoneLink({ system }: ClusterModel): readonly TreeEntry[] {
  const { timezone } = system;
  return timezone === 'UTC' ? [] : [link('etc/localtime', `/usr/share/zoneinfo/${timezone}`)];
}

function caFiles({ services }: ClusterModel): readonly TreeEntry[] {
  return services.flatMap(({ name, check }) =>
    (check.type === 'http' || check.type === 'https') && check.ca !== undefined
      ? [file(caPath(name), check.ca, 0o644, 0)]
      : [],
  );
}

function trackScripts({ vrrp }: ClusterModel, node: NodeModel): readonly TreeEntry[] {
  return vrrp.scripts.map((script) =>
    file(trackScriptPath(script.name), trackScriptText(script, node), 0o755, 0),
  );
}

function syslogCa({ system }: ClusterModel): readonly TreeEntry[] {
  return system.syslogCa === undefined ? [] : [file(SYSLOG_CA_PATH, system.syslogCa, 0o644, 0)];
}

function adminHome({ users, admin, ssh }: View): readonly TreeEntry[] {
  const user = users.find(({ name }) => name === admin?.name);
  if (user === undefined) return [];
  const home = user.home.slice(1);
  const keys = ssh.adminKeys.map((key) => `${key}\n`).join('');
  return [
    directory(home, user.uid),
    ...(keys === ''
      ? []
      : [
          directory(`${home}/.ssh`, user.uid),
          file(`${home}/.ssh/authorized_keys`, keys, 0o600, user.uid),
        ]),
  ];
}

function hostIdentity({ ssh }: View): readonly TreeEntry[] {
  return [
    ...ssh.hostKeys.map(({ path, key }) =>
      file(path.slice(1), `${key.reveal().replaceAll('\r\n', '\n').trimEnd()}\n`, 0o600, 0),
    ),
    ...ssh.hostCertificates.map(({ path, text }) => file(path.slice(1), `${text}\n`, 0o644, 0)),
  ];
}

function link(path: string, target: string): TreeEntry {
  return { path, type: 'symlink', target, uid: 0, gid: 0 };
}

function directory(path: string, owner: number): TreeEntry {
  return { path, type: 'directory', mode: 0o700, uid: owner, gid: owner };
}

function file(path: string, text: string, mode: number, owner: number): TreeEntry {
  return { path, type: 'file', mode, uid: owner, gid: owner, content: Buffer.from(text) };
}
