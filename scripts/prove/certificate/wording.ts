import type { BootReport, FindingCode, ProofDocument, TimelineEvent, Verdict } from './document.ts';

/** `0 s`, `0.34 s`, `12.6 s`, `312 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds === 0) return '0 s';
  return `${seconds.toFixed(seconds < 9.995 ? 2 : seconds < 99.95 ? 1 : 0)} s`;
}

/** `2026-11-23 17:27 UTC`, of an ISO 8601 time in UTC. */
export function formatMoment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** `12 faults`, `1 fault`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Beside its colour, each verdict has a sign and a word. */
export const VERDICTS: Readonly<Record<Verdict, { readonly sign: string; readonly word: string }>> =
  {
    pass: { sign: '✓', word: 'pass' },
    fail: { sign: '✗', word: 'fail' },
    skipped: { sign: '–', word: 'skipped' },
  };

export const SETS: Readonly<Record<ProofDocument['set'], string>> = {
  quick: 'the quick set',
  full: 'the full set',
  custom: 'chosen faults only',
};

export const EVENT_KINDS: Readonly<Record<TimelineEvent['kind'], string>> = {
  step: 'done',
  vrrp: 'VRRP',
  arp: 'ARP',
  console: 'console',
  stream: 'stream',
};

/** `lb-1, BIOS, from CD`. */
export function bootName({ node, firmware, medium }: BootReport): string {
  return `${node}, ${firmware === 'bios' ? 'BIOS' : 'UEFI'}, from ${medium === 'cd' ? 'CD' : 'disk'}`;
}

/** What a finding means and where to look, for someone who was woken by it. */
export const FINDINGS: Readonly<
  Record<FindingCode, { readonly title: string; readonly look: string }>
> = {
  'image-differs': {
    title: 'The image is not what the cluster file renders',
    look: 'Build again from this cluster file and lock, or prove against the files that the image was built from. “vipiso compare” shows what differs.',
  },
  'boot-failed': {
    title: 'A node did not boot',
    look: 'See the last stage in its boot timeline: after “kernel” suspect the initramfs and the drivers, after “packages” the packages on the image. “vipiso boot --node” shows the console live.',
  },
  'boot-incomplete': {
    title: 'A node booted with errors',
    look: 'The console line is quoted in the boot timeline. A package that is missing or conflicts is named there: lock and build again.',
  },
  'service-missing': {
    title: 'A service did not start',
    look: 'Check that haproxy and keepalived are in the runlevel and that their configuration is accepted: “haproxy -c -f /etc/haproxy/haproxy.cfg”, “keepalived -t”.',
  },
  'no-master': {
    title: 'Nobody holds the virtual address',
    look: 'No VRRP adverts were seen. Look at /etc/keepalived/keepalived.conf on each node: the interface’s name, the check script, the firewall’s rule for protocol 112.',
  },
  'wrong-master': {
    title: 'The wrong node holds the virtual address',
    look: 'The MASTER’s check may fail and lower its priority, or the priorities are swapped. Compare “priority” and “weight” of the nodes.',
  },
  'split-brain': {
    title: 'Two nodes were master at once',
    look: 'They did not hear each other’s adverts. Compare virtual_router_id, VRRP version, authentication, unicast peers and the firewall’s rule for protocol 112 on both.',
  },
  'duplicate-vip': {
    title: 'Two machines answered for the virtual address',
    look: 'Another machine, or a node that is no longer master, still has the address. Look for it in “ip address” on each node and for a static assignment on the LAN.',
  },
  'vip-unreachable': {
    title: 'The virtual address does not answer',
    look: 'Is the address on the master (“ip address”)? Does haproxy listen on its port (“ss -ltn”)? Does the firewall let the port in?',
  },
  'healthy-backend-out-of-rotation': {
    title: 'An API server gets no requests',
    look: 'Its address, port or health check in haproxy.cfg may be wrong: haproxy’s statistics page shows the check’s last answer.',
  },
  'failed-backend-in-rotation': {
    title: 'A broken API server still got requests',
    look: 'The health check does not see what is broken. A TCP check passes on a hung API server: use the HTTPS check of /readyz.',
  },
  'slo-missed': {
    title: 'More was lost than the cluster file asks for',
    look: 'The time is held against slo as it stands, with nothing added for an emulated machine. Within the predicted range the timers are too slow for what is asked; above it, see in the timeline what took the time, and prove on a host with KVM.',
  },
  'outage-too-long': {
    title: 'Clients went without answers for too long',
    look: 'In the timeline, see what took the time: until the other node is master (VRRP’s timers, the check’s interval), or from then to the first answer (announcement, haproxy’s checks).',
  },
  'failover-failed': {
    title: 'No other node took over',
    look: 'The other node did not become master. Is its keepalived running, is its priority above the failed one’s, does its check pass?',
  },
  'failback-failed': {
    title: 'The preferred node did not take the address back',
    look: 'With preemption on, the node with the highest priority must. See whether its check passes after its return, and “preempt_delay”.',
  },
  'vip-not-announced': {
    title: 'The address moved without being announced',
    look: 'No gratuitous ARP or neighbour advertisement was seen, so neighbours go on sending to the old node. Look at garp_master_delay and garp_master_refresh.',
  },
  'vip-flapping': {
    title: 'The address moved without need',
    look: 'A check is too sensitive or tests the API servers instead of haproxy. Look at the track script’s “fall” and “rise”, and at the console lines around the move.',
  },
  'stream-broken': {
    title: 'A long stream was cut though its API server lived',
    look: 'kubectl logs, exec and watch would have ended. Look at the timeouts client, server and tunnel, and at what was restarted at that moment.',
  },
  'stream-hung': {
    title: 'A long stream hung though its API server died',
    look: 'Clients would wait until TCP gives up. Use “on-marked-down shutdown-sessions” or TCP keep-alives.',
  },
  'fault-injection-failed': {
    title: 'The fault could not be injected',
    look: 'Nothing is known about the images here: the test itself did not work. See the events, and run this fault again alone.',
  },
  'upgrade-stuck': {
    title: 'The rollout did not come to its end',
    look: 'A node did not shut down, boot, answer or take the address. The consoles are in logs/ beside this page; the old images are the way back.',
  },
  'upgrade-lost-requests': {
    title: 'Requests failed during the rollout',
    look: 'See at which step. An image from before vipiso-handover gives the address away only as keepalived stops, and without a firewall (nftables) connections do not outlive a move.',
  },
  'upgrade-cut-streams': {
    title: 'A watch stream was cut more than once in one rollout',
    look: 'It may be cut as its node is switched off. When the address goes back it lives on via the other node: see that both nodes have /etc/keepalived/flows.nft and hear each other.',
  },
  'control-plane-requests': {
    title: 'Requests of real API servers failed or waited for too long',
    look: 'See at which step, and for which reason. Compare “retries”, “option redispatch” and the check’s interval with what the other trials show.',
  },
  'control-plane-lost-writes': {
    title: 'An acknowledged write is gone',
    look: 'The proxy passes bytes on and cannot take a write back: look at etcd and at the API servers’ logs in logs/ beside this page.',
  },
  'control-plane-watch': {
    title: 'A watch missed an event, or had one twice',
    look: 'A watch that goes on from its last resource version has neither. See the API servers’ logs for compactions.',
  },
  'control-plane-stream': {
    title: 'An upgraded connection did not bring back what was sent',
    look: 'The proxy must pass bytes on as they are: use “mode tcp” for the API, and look at “timeout tunnel”.',
  },
  'control-plane-leader': {
    title: 'A controller lost its lease',
    look: 'Leases are renewed every two seconds and given up after ten: no fail-over may take so long.',
  },
  'control-plane-stuck': {
    title: 'The API servers or their clients did not get going',
    look: 'See kube-apiserver and etcd in logs/ beside this page.',
  },
};
