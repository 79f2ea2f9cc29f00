import { lintWarning } from '../../findings/finding.ts';
import { parseAddress } from '../../values/address.ts';
import { placedHosts } from '../network/placed-hosts.ts';
import type { Rule } from '../rule.ts';

/**
 * keepalived looks a mail server's name up once, while it reads its file: before the network answers, and for as long as
 * the resolver waits nobody holds the VIP. What it did not find it does not look for again.
 */
export const mailServer: Rule = (input) =>
  placedHosts(input).flatMap(({ use, host, path }) => {
    if (use !== 'mail' || host === 'localhost' || parseAddress(host) !== undefined) return [];
    const message = `keepalived looks ${host} up once, when it starts, which is before the network answers: up to 10 s without a VIP, and no mail until it is started again`;
    const hint = 'Write its address, with its port behind it where that is not 25.';
    return [lintWarning('mail-name', path, message, hint)];
  });
