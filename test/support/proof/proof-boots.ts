import type { BootReport } from '../../../scripts/prove/certificate/document.ts';

const SERVICES = ['devfs', 'mdev', 'hostname', 'networking', 'syslog', 'nftables', 'chronyd'];

export function boot(name: string, loginMs: number): BootReport {
  const at = (share: number): number => Math.round(loginMs * share);
  return {
    node: name,
    firmware: 'bios',
    medium: 'cd',
    stages: [
      { stage: 'loader', at: at(0.05) },
      { stage: 'kernel', at: at(0.18) },
      { stage: 'initramfs', at: at(0.28) },
      { stage: 'packages', at: at(0.34) },
      { stage: 'openrc', at: at(0.5) },
      { stage: 'login', at: loginMs },
    ],
    services: [...SERVICES, 'haproxy', 'keepalived', 'sshd'].map((service, i) => ({
      service,
      state: 'started' as const,
      at: at(0.55 + i * 0.042),
    })),
    problems: [],
  };
}

export function failedBoot(name: string): BootReport {
  const { stages, services, ...rest } = boot(name, 22_000);
  return {
    ...rest,
    firmware: 'uefi',
    medium: 'disk',
    stages: stages.slice(0, -1),
    services: [
      ...services.slice(0, -2),
      { service: 'keepalived', state: 'failed', at: 20_800 },
      { service: 'sshd', state: 'starting', at: 21_000 },
    ],
    problems: [
      { code: 'service-step-failed', line: 'Starting keepalived', at: 20_800 },
      {
        code: 'service-failed',
        line: ' * ERROR: keepalived failed to start </pre><script>',
        at: 20_900,
      },
    ],
  };
}
