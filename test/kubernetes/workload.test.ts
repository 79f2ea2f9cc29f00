import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lan } from '../../scripts/boot/lan/lan.ts';
import { findPrograms } from '../../scripts/prove/control-plane/programs.ts';
import { explained, suiteHost } from '../support/images/lab-pair.ts';
import { EMPTY_LAN } from '../support/lan/empty-lan.ts';

const FOLDER = process.env['VIPISO_KUBERNETES'];
const WORK_MS = 5000;

/** Clients that go straight to the API server: no proxy is in the way of their own mistakes. */
const [server] = EMPTY_LAN.apiServers;
const PLAN = {
  ...EMPTY_LAN,
  frontends: [{ service: 'k8s-api', group: 'vip', address: server?.address ?? '', port: 6443 }],
};

describe.runIf(FOLDER !== undefined)('a real API server on the LAN', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
  let lan: Lan;

  beforeAll(async () => {
    const { etcd, apiServer } = await explained(findPrograms(FOLDER ?? ''));
    const folders = { folder: path.join(folder, 'run'), logs: path.join(folder, 'logs') };
    lan = await explained(Lan.open(suiteHost(), PLAN, { etcd, apiServer, ...folders }));
    await explained(lan.startWorkload());
  });
  afterAll(async () => {
    await lan.close();
    rmSync(folder, { recursive: true });
  });

  test('serves requests, writes, both watches, an exec, and one leader', async () => {
    await lan.workload();
    await pause(WORK_MS);
    const { requests, writes, streams, leader } = await lan.workload();
    expect([requests.failed, writes.failed]).toEqual([0, 0]);
    expect(Math.min(requests.answered, writes.answered)).toBeGreaterThan(5);
    expect(streams.map(({ name }) => name)).toEqual(['watch', 'watch (WebSocket)', 'exec (SPDY)']);
    for (const { received, cuts, refused } of streams) {
      expect(received).toBeGreaterThan(5);
      expect([cuts, refused]).toEqual([0, 0]);
    }
    expect(leader.renewals).toBeGreaterThan(0);
  });

  test('is killed and comes back: what failed is counted, what was acknowledged is there', async () => {
    await lan.setApiServer('k8s-1', 'stopped');
    await pause(1000);
    const broken = await lan.workload();
    expect(broken.requests.failed).toBeGreaterThan(0);
    expect(broken.streams.map(({ cuts }) => cuts)).toEqual([1, 1, 1]);
    await lan.setApiServer('k8s-1', 'serving');
    await pause(WORK_MS);
    const { acknowledged, servers, watches, garbled } = await lan.verifyWorkload();
    expect(acknowledged).toBeGreaterThan(10);
    expect(servers.map(({ lost }) => lost)).toEqual([[]]);
    for (const { missed, twice, outOfOrder } of watches)
      expect([missed, twice, outOfOrder]).toEqual([0, 0, 0]);
    expect(garbled).toBe(0);
  });
});
