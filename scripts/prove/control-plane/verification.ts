import type { WorkloadVerification } from '../../boot/lan/control-plane-protocol.ts';
import type { ControlPlaneProof } from '../certificate/document.ts';
import type { ProofFinding } from '../findings.ts';

/** Writes that are named in a finding, of those that are gone. */
const NAMED = 5;

/** What the end of a run says: figures for the certificate, and what is held against the run. */
export function verificationOf({ acknowledged, servers, watches, garbled }: WorkloadVerification): {
  readonly verification: NonNullable<ControlPlaneProof['verification']>;
  readonly findings: readonly ProofFinding[];
} {
  const findings: ProofFinding[] = [];
  if (acknowledged === 0)
    findings.push({ code: 'control-plane-stuck', text: 'no write was acknowledged' });
  for (const { name, lost } of servers)
    if (lost.length > 0)
      findings.push({
        code: 'control-plane-lost-writes',
        text: `${name} does not have ${lost.length} of ${acknowledged} acknowledged writes: ${lost.slice(0, NAMED).join(', ')}`,
      });
  for (const { name, missed, twice, outOfOrder } of watches)
    if (missed + twice + outOfOrder > 0)
      findings.push({
        code: 'control-plane-watch',
        text: `${name}: ${missed} events missed, ${twice} twice, ${outOfOrder} out of order`,
      });
  if (garbled > 0)
    findings.push({
      code: 'control-plane-stream',
      text: `${garbled} lines of the exec came back other than they were sent`,
    });
  return {
    verification: {
      acknowledgedWrites: acknowledged,
      servers: servers.map(({ name, lost }) => ({ name, lostWrites: lost.length })),
      watches: watches.map(({ name, events, missed, twice }) => ({ name, events, missed, twice })),
    },
    findings,
  };
}
