import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { NodeModel } from '../../model.ts';
import { memberOf } from '../../vrrp-groups.ts';
import type { Rule, RuleInput } from '../rule.ts';

const PATH = ['management', 'interface'];

/** An interface for management that a node lacks, that is not for management alone, or that nothing listens on. */
export const management: Rule = (input) => {
  if (input.file.management === undefined) return portsWithoutInterface(input);
  return [...input.cluster.nodes.flatMap((node) => nodeFindings(input, node)), ...listeners(input)];
};

function nodeFindings({ cluster }: RuleInput, node: NodeModel): readonly LintFinding[] {
  const { hostname, interfaces, managementInterface: name = '' } = node;
  const found = interfaces.find((entry) => entry.name === name);
  if (found === undefined) {
    const names = interfaces.map((entry) => entry.name).join(', ');
    const message = `${hostname} has no interface ${name}`;
    return [fatal(message, `It has ${names}; add it under interfaces of the node.`)];
  }
  if (cluster.vrrp.groups.some((group) => memberOf(group, node).interface === name)) {
    const message = `${name} of ${hostname} carries the VIP: it is not there for management alone`;
    return [fatal(message, 'Name another interface, or leave management out.')];
  }
  if (found.addresses.length > 0) return [];
  const message = `${name} of ${hostname} takes its address from DHCP: sshd cannot be told where to listen`;
  return [fatal(message, 'Give it a static address.')];
}

/** Open on an interface that is not there: without this, it would be open on all. */
function portsWithoutInterface({ cluster }: RuleInput): readonly LintFinding[] {
  return cluster.firewall.ports.flatMap(({ name, openOn }, index) => {
    if (openOn !== 'management') return [];
    const message = `${name} is to be open on the interface for management, and there is none`;
    const hint = 'Add management.interface, or leave open_on out.';
    return [
      {
        ...lintError('management', ['firewall', 'ports', index, 'open_on'], message, hint),
        fatal: true,
      },
    ];
  });
}

function listeners({ file, cluster }: RuleInput): readonly LintFinding[] {
  const { stats, access, firewall } = cluster;
  const bind = file.stats?.bind;
  const isLocal = bind === undefined || bind === '::1' || bind.startsWith('127.');
  const findings: LintFinding[] = [];
  if (!isLocal) {
    const message = `stats would listen on ${bind}, and management.interface says ${file.management?.interface ?? ''} alone`;
    findings.push({
      ...lintError('management', ['stats', 'bind'], message, 'Remove bind.'),
      fatal: true,
    });
  }
  const isOpen = firewall.ports.some(({ openOn }) => openOn !== 'services');
  if (stats === undefined && !access.sshd && !isOpen) {
    const message = 'neither sshd nor stats is on: nothing listens there';
    findings.push(
      lintWarning('management', PATH, message, 'Add access.ssh_authorized_keys or stats.'),
    );
  }
  return findings;
}

function fatal(message: string, hint: string): LintFinding {
  return { ...lintError('management', PATH, message, hint), fatal: true };
}
