import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openForwards } from '../../scripts/boot/forwards.ts';
import { Lan } from '../../scripts/boot/lan/lan.ts';
import type { PacketEvent } from '../../scripts/boot/lan/protocol.ts';
import { findTool } from '../../scripts/host/tools/find-tool.ts';
import { claimsOf } from '../../scripts/prove/measure/claims.ts';
import { Kubectl } from '../../scripts/prove/trial/kubectl-process.ts';
import { requireTools } from '../support/host/require-tools.ts';
import { explained, suiteHost } from '../support/images/lab-pair.ts';
import { EMPTY_LAN } from '../support/lan/empty-lan.ts';
import { isRunning, startHolder } from '../support/lan/holder.ts';

const API_SERVER = {
  scheme: 'https',
  address: '192.168.9.130',
  port: 6443,
  timeoutMs: 900,
} as const;
const NOBODY = 65534;

describe.runIf(requireTools('ip', 'bridge', 'unshare'))('the LAN', () => {
  describe('with nobody on it', () => {
    let lan: Lan;

    beforeAll(async () => {
      lan = await explained(Lan.open(suiteHost(), EMPTY_LAN));
    });
    afterAll(() => lan.close());

    test('sees nothing of the networks of this machine', async () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
      const log = path.join(folder, 'links');
      const program = await lan.start(['ip', '-brief', 'link'], log);
      expect(await program.exited).toEqual({ code: 0, signal: null });
      const names = readFileSync(log, 'utf8').match(/^\S+/gm);
      rmSync(folder, { recursive: true });
      expect(names).toEqual(['lo', 'lan0']);
    });

    test('an API server serves, answers badly, hangs, refuses, and serves again', async () => {
      const kinds = [];
      for (const mode of [
        'serving',
        { readyzStatus: 500 },
        'hung',
        'stopped',
        'serving',
      ] as const) {
        await lan.setApiServer('k8s-1', mode);
        const { result } = await lan.request(API_SERVER);
        kinds.push(result.kind === 'answered' ? result.status : result.reason);
      }
      expect(kinds).toEqual([200, 500, 'no answer within 900 ms', 'ECONNREFUSED', 200]);
    });

    test('an API server answers late', async () => {
      await lan.setApiServer('k8s-1', { delayMs: 400 });
      const late = await lan.request(API_SERVER);
      expect(late.result).toMatchObject({ kind: 'answered', status: 200 });
      expect(late.latencyMs).toBeGreaterThan(395);
      const never = await lan.request({ ...API_SERVER, timeoutMs: 200 });
      expect(never.result).toMatchObject({ kind: 'failed', reason: 'no answer within 200 ms' });
      await lan.setApiServer('k8s-1', 'serving');
    });

    test('an API server without power resets nothing, and comes back', async () => {
      await lan.openStream('cut', { kind: 'exec', target: API_SERVER });
      const cutAt = Date.now();
      await lan.setApiServer('k8s-1', 'silent');
      const { result } = await lan.request(API_SERVER);
      expect(result).toMatchObject({ kind: 'failed', reason: 'no answer within 900 ms' });
      const cut = await lan.streamed('cut', 'end');
      expect(cut).not.toHaveProperty('ended');
      expect(cut.lastEventAt).toBeLessThan(cutAt + 400);
      expect(cut.longestSilenceMs).toBeGreaterThan(400);
      await lan.setApiServer('k8s-1', 'serving');
      const back = await lan.request(API_SERVER);
      expect(back.result).toMatchObject({ kind: 'answered', status: 200 });
    });

    test('an API server answers without TLS on the same port', async () => {
      const { result } = await lan.request({ ...API_SERVER, scheme: 'http' });
      expect(result).toMatchObject({ kind: 'answered', status: 200, server: 'k8s-1' });
    });

    test('a poller asks at its pace, and nobody answers at an address without an owner', async () => {
      await lan.poll(
        'vip',
        { scheme: 'http', address: '192.168.9.139', port: 6443, timeoutMs: 300 },
        50,
      );
      await vi.waitFor(async () => {
        expect((await lan.polled('vip', 'go-on')).length).toBeGreaterThan(0);
      });
      const rest = await lan.polled('vip', 'end');
      expect(rest.every(({ result }) => result.kind === 'failed')).toBe(true);
    });

    test.each(['watch', 'exec'] as const)(
      'a stream lives until its API server dies: %s',
      async (kind) => {
        const began = Date.now();
        const opened = await lan.openStream('long', { kind, target: API_SERVER });
        expect(opened).toMatchObject({ kind, server: 'k8s-1', via: '192.168.9.254' });
        expect(opened).not.toHaveProperty('ended');
        const alive = await vi.waitFor(
          async () => {
            const record = await lan.streamed('long', 'go-on');
            expect(record.events).toBeGreaterThan(1);
            return record;
          },
          { timeout: 5000 },
        );
        expect(alive.lastEventAt).toBeGreaterThanOrEqual(began);
        await lan.setApiServer('k8s-1', 'stopped');
        await vi.waitFor(async () => {
          expect(await lan.streamed('long', 'go-on')).toMatchObject({ ended: { how: 'reset' } });
        });
        await lan.setApiServer('k8s-1', 'serving');
        const { events } = await lan.streamed('long', 'end');
        expect(events).toBeGreaterThanOrEqual(alive.events);
      },
    );

    test('a stream that nobody answers has ended for a reason', async () => {
      const target = { ...API_SERVER, timeoutMs: 300 };
      await lan.setApiServer('k8s-1', 'hung');
      const unanswered = await lan.openStream('unanswered', { kind: 'watch', target });
      await lan.setApiServer('k8s-1', 'stopped');
      const refused = await lan.openStream('refused', { kind: 'exec', target });
      await lan.setApiServer('k8s-1', 'serving');
      expect(unanswered.ended).toMatchObject({ how: 'timeout', reason: 'no answer within 300 ms' });
      expect(refused.ended).toMatchObject({ how: 'failed', reason: 'ECONNREFUSED' });
    });

    describe.skipIf(findTool(suiteHost(), 'kubectl') === undefined)('kubectl', () => {
      let folder: string;
      let kubectl: Kubectl;

      beforeAll(async () => {
        folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
        const found = await Kubectl.at(suiteHost(), lan, API_SERVER, folder);
        kubectl = found ?? expect.unreachable('kubectl was there a moment ago');
      });
      afterAll(() => rmSync(folder, { recursive: true }));

      test('finds the API ready, and not ready, and gone', async () => {
        const said: string[] = [];
        for (const mode of ['serving', { readyzStatus: 500 }, 'stopped', 'hung'] as const) {
          await lan.setApiServer('k8s-1', mode);
          const outcome = await kubectl.readyz(5000);
          said.push(outcome.kind === 'answered' ? outcome.text : outcome.reason);
        }
        await lan.setApiServer('k8s-1', 'serving');
        const failed = 'ended with exit code 1';
        expect(said).toEqual(['ok', failed, failed, 'no end within 5000 ms']);
      });

      test('watches until the API server dies', async () => {
        const watch = await kubectl.watchNamespaces();
        const events = async (): Promise<number> =>
          (await watch.text()).match(/^k8s-1 .*$/gm)?.length ?? 0;
        await vi.waitFor(async () => expect(await events()).toBeGreaterThan(2), {
          timeout: 10_000,
        });
        expect(await watch.end()).toMatchObject({ kind: 'answered' });

        const broken = await kubectl.watchNamespaces();
        await vi.waitFor(async () => expect(await broken.text()).toMatch(/^k8s-1/), {
          timeout: 10_000,
        });
        await lan.setApiServer('k8s-1', 'stopped');
        await vi.waitFor(async () => {
          expect(await broken.end()).toMatchObject({ kind: 'failed' });
        });
        await lan.setApiServer('k8s-1', 'serving');
      });
    });

    test('every holder of an address is heard when the segment is asked', async () => {
      const packetEvents: PacketEvent[] = [];
      const ignore = lan.watch((packetEvent) => packetEvents.push(packetEvent));
      await lan.askOwners(['192.168.9.130', '192.168.9.139'], 50);
      await vi.waitFor(() => {
        expect(claimsOf(packetEvents, '192.168.9.130').length).toBeGreaterThan(2);
      });
      await lan.askOwners([], 50);
      ignore();
      const [claim] = claimsOf(packetEvents, '192.168.9.130');
      expect(claim).toMatchObject({ machine: 'kernel', mac: '02:76:69:70:00:01' });
      expect(claimsOf(packetEvents, '192.168.9.139')).toEqual([]);
    });

    test('a port of this machine leads into the LAN, as long as it is wanted', async () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
      const requested = { how: () => 'the API server', port: 20_443, exact: false, to: API_SERVER };
      const forwards = await openForwards(lan, folder, [requested, requested]);
      const ask = async (port: number): Promise<string> =>
        await (await fetch(`http://127.0.0.1:${port}/readyz`)).text();
      try {
        const ports = forwards.map(({ port }) => port);
        expect(new Set(ports).size).toBe(2);
        expect(await Promise.all(ports.map(ask))).toEqual(['ok', 'ok']);
        const taken = openForwards(lan, mkdtempSync(path.join(folder, 'f')), [
          { ...requested, port: ports[0] ?? 0, exact: true },
        ]);
        await expect(taken).rejects.toMatchObject({ code: 'already-exists' });
        for (const { close } of forwards) close();
        await expect(ask(ports[0] ?? 0)).rejects.toThrow();
      } finally {
        for (const { close } of forwards) close();
        rmSync(folder, { recursive: true });
      }
    });

    test('a call that cannot be answered says why', async () => {
      await expect(lan.setApiServer('k8s-9', 'stopped')).rejects.toThrow(/unknown .*: k8s-9/);
    });
  });

  test('IPv6: a stream, a power cut, and the holder of an address', async () => {
    const address = 'fd00::130';
    const lan = await explained(
      Lan.open(suiteHost(), {
        ...EMPTY_LAN,
        clients: ['fd00::254/64'],
        gateways: [],
        apiServers: [{ name: 'k8s-1', host: address, address, port: 6443 }],
        nameServers: [],
      }),
    );
    try {
      const packetEvents: PacketEvent[] = [];
      lan.watch((packetEvent) => packetEvents.push(packetEvent));
      await lan.askOwners([address], 50);
      const stream = { kind: 'exec', target: { ...API_SERVER, address } } as const;
      expect(await lan.openStream('six', stream)).toMatchObject({ via: 'fd00::254' });
      await vi.waitFor(() => expect(claimsOf(packetEvents, address).length).toBeGreaterThan(1));
      await lan.setApiServer('k8s-1', 'silent');
      const since = Date.now() + 100;
      const again = await lan.openStream('again', stream);
      expect(again.ended).toMatchObject({ how: 'timeout' });
      expect(claimsOf(packetEvents, address).filter(({ at }) => at > since)).toEqual([]);
    } finally {
      await lan.close();
    }
  });

  test.each([
    ['the account of this test', undefined],
    ['an ordinary account', process.getuid?.() === 0 ? NOBODY : undefined],
  ])('ends with its owner, even by SIGKILL: %s', { timeout: 60_000 }, async (_who, user) => {
    const mark = `${100_000 + process.pid + (user ?? 0)}`;
    const temporary = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
    if (user !== undefined) chownSync(temporary, user, user);
    const holder = startHolder(mark, temporary, user);
    try {
      await once(holder.stdout ?? holder, 'data');
      expect(isRunning(mark)).toBe(true);
      holder.kill('SIGKILL');
      await vi.waitFor(() => expect(isRunning(mark)).toBe(false), { timeout: 10_000 });
    } finally {
      holder.kill('SIGKILL');
      rmSync(temporary, { recursive: true, force: true });
    }
  });
});
