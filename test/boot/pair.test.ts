import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BootedCluster } from '../../scripts/boot/boot-cluster.ts';
import type { CommandResult } from '../../scripts/boot/console/guest-shell.ts';
import { complaintsAbout } from '../../scripts/boot/console/verdict.ts';
import type { Outcome, Target } from '../../scripts/boot/lan/protocol.ts';
import { Client, isSteady } from '../../scripts/boot/polling-client.ts';
import { secondsLostIn } from '../../scripts/prove/measure/outages.ts';
import { requireTools } from '../support/host/require-tools.ts';
import {
  buildLabPair,
  closeClusters,
  explained,
  openCluster,
  suiteHost,
} from '../support/images/lab-pair.ts';
import type { LabPair } from '../support/images/lab-pair.ts';
import { alarmingLines } from '../support/lan/console-lines.ts';

const TOOLS = ['qemu-system-x86_64', 'ip', 'unshare', 'bwrap', 'xorriso', 'mksquashfs', 'apt-get'];
const BOOT_DEADLINE_MS = 400_000;
const SETTLE_DEADLINE_MS = 90_000;
const MASTER = '192.168.9.137';
const BACKUP = '192.168.9.138';
const VIP: Target = { scheme: 'https', address: '192.168.9.139', port: 6443, timeoutMs: 900 };
const STEADY = 40;

const host = suiteHost();

async function reachLogin({ machines }: BootedCluster): Promise<void> {
  await explained(
    Promise.all([...machines.values()].map((it) => it.reach('login', BOOT_DEADLINE_MS))),
  );
}

/** Waits for what the client should see, from `since` on. */
async function until(
  client: Client,
  wanted: (outcomes: readonly Outcome[]) => boolean,
  about: { readonly what: string; readonly since?: number },
): Promise<readonly Outcome[]> {
  const { what, since = 0 } = about;
  return await explained(client.until(wanted, { what, since, deadlineMs: SETTLE_DEADLINE_MS }));
}

describe.runIf(requireTools(...TOOLS))('the pair of the reference case', () => {
  let pair: LabPair;

  beforeAll(async () => {
    pair = await explained(buildLabPair(host, 'test-pair'));
  });

  describe('the MASTER as a disk with a debug shell, the BACKUP by UEFI', () => {
    let cluster: BootedCluster;
    let client: Client;
    const inMaster = async (command: string): Promise<CommandResult> => {
      const master = cluster.machines.get('lb-1');
      if (master === undefined) throw new Error('lb-1 was not switched on');
      return await explained(master.inside(command));
    };

    beforeAll(async () => {
      cluster = await explained(
        openCluster(host, pair, {
          'lb-1': { as: 'disk', firmware: 'bios', debugShell: true },
          'lb-2': { as: 'cd', firmware: 'uefi' },
        }),
      );
      await reachLogin(cluster);
      client = await Client.start(host, cluster.lan, { name: 'test', target: VIP, everyMs: 50 });
    });
    afterAll(closeClusters);

    test('both start everything, and the VIP answers via the MASTER', async () => {
      const complaints = [...cluster.machines.values()].flatMap(({ console }) =>
        complaintsAbout(console.record, ['haproxy', 'keepalived']),
      );
      expect(complaints).toEqual([]);
      await until(client, (outcomes) => isSteady(outcomes, MASTER, STEADY), {
        what: 'steady answers via the MASTER',
      });
    });

    test.each(['lb-1', 'lb-2'])('no line on the console of %s makes one look twice', (name) => {
      const lines = cluster.machines.get(name)?.console.lines ?? [];
      expect(lines.length).toBeGreaterThan(20);
      expect(alarmingLines(lines)).toEqual([]);
    });

    test('OpenRC itself says that no service crashed or was stopped', async () => {
      const { output } = await inMaster('rc-status default');
      expect(output).toMatch(/haproxy +\[ +started/);
      expect(output).not.toMatch(/crashed|stopped/);
    });

    test('when the haproxy of the MASTER dies, the BACKUP answers within seconds', async () => {
      const since = host.now();
      expect(await inMaster('killall -KILL haproxy')).toMatchObject({ exitCode: 0 });
      const seen = await until(client, (outcomes) => isSteady(outcomes, BACKUP, STEADY), {
        what: 'steady answers via the BACKUP',
        since,
      });
      const lost = secondsLostIn(seen);
      console.log(`MASTER's haproxy killed: ${lost.toFixed(2)} s lost`);
      // The check runs every 2 s; then adverts of the lower priority let the BACKUP step in after 3.6 s.
      expect(lost).toBeLessThan(15);
    });

    // OpenRC believes that it still runs: its stop would fail, so the service is forgotten first.
    test('when it is started again, the MASTER takes the VIP back', async () => {
      const since = host.now();
      expect(await inMaster('rc-service haproxy zap; rc-service haproxy start')).toMatchObject({
        exitCode: 0,
      });
      await until(client, (outcomes) => isSteady(outcomes, MASTER, STEADY), {
        what: 'steady answers via the MASTER again',
        since,
      });
    });
  });
});
