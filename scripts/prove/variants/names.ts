import { isMap, isSeq } from 'yaml';
import type { Document } from 'yaml';
import { parseAddress } from '../../cluster/values/address.ts';

type DocumentPath = readonly (string | number)[];

/** For tests of whoever; never one that the Internet knows (RFC 6761, 6.2). */
const DOMAIN = 'proof.test';

/**
 * Gives every backend by a name of its own instead of its address.
 *
 * @param nodes paths of the nodes
 * @param free an address for the name server where the cluster file names none
 * @returns why the cluster file cannot be set up so
 */
export function nameBackends(
  document: Document,
  nodes: readonly DocumentPath[],
  free: string | undefined,
): string | undefined {
  const services = document.get('services');
  if (!isSeq(services)) return 'there are no services';
  const names = new Map<string, string>();
  for (const service of services.items) {
    const backends = isMap(service) ? service.get('backends') : undefined;
    for (const backend of isSeq(backends) ? backends.items : []) {
      if (!isMap(backend)) return 'a backend is not a mapping';
      const address = String(backend.get('address'));
      if (parseAddress(address) === undefined) continue;
      // One machine behind several services has one name.
      const name = names.get(address) ?? `backend-${names.size + 1}.${DOMAIN}`;
      names.set(address, name);
      backend.set('address', name);
    }
  }
  if (names.size === 0) return 'its backends are given by name already';
  const asked = [
    ['haproxy', 'resolvers', 'nameservers'],
    ['network', 'dns'],
  ];
  const isAsked = [...asked, ...nodes.map((path) => [...path, 'dns'])].some((path) =>
    document.hasIn(path),
  );
  if (isAsked) return undefined;
  if (free === undefined) return 'no address is free for a name server';
  document.setIn(['network', 'dns'], free);
  return undefined;
}
