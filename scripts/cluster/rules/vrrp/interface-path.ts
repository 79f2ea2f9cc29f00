import { hasOwnInterface } from '../../resolve/interfaces.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import type { RuleInput } from '../rule.ts';

/** Where the file describes an interface of a node: the node itself, or an entry of its `interfaces`. */
export function interfacePath({ file }: RuleInput, node: number, index: number): DocumentPath {
  const written = file.nodes[node];
  const own = written !== undefined && hasOwnInterface(written);
  if (own && index === 0) return ['nodes', node];
  return ['nodes', node, 'interfaces', own ? index - 1 : index];
}

/** Where the file writes a value of an interface that `network` may give for the first of each node. */
export function sharedValuePath(
  input: RuleInput,
  node: number,
  index: number,
  key: 'gateway' | 'dhcp' | 'routes' | 'bond' | 'mtu',
): DocumentPath {
  const path = interfacePath(input, node, index);
  const written = input.file.nodes[node];
  const entry = path.length === 2 ? written : written?.interfaces?.[Number(path[3])];
  const shared =
    index === 0 && entry?.[key] === undefined && input.file.network?.[key] !== undefined;
  return shared ? ['network', key] : [...path, key];
}
