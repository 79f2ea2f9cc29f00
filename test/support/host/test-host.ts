import { setMaxListeners } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { ProgressEvent } from '../../../scripts/core/events.ts';
import type { Host } from '../../../scripts/host/host.ts';

const MEMORY = '/dev/shm';

/** A fresh folder that is removed when the running test has finished. */
export function temporaryFolder(prefix = path.join(os.tmpdir(), 'vipiso-test-')): string {
  const folder = mkdtempSync(prefix);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The same in memory, where the system has such a file system: another one than that of temporary files. */
export function memoryFolder(name = 'vipiso-'): string {
  return temporaryFolder(path.join(existsSync(MEMORY) ? MEMORY : os.tmpdir(), name));
}

export interface TestHost extends Host {
  readonly folder: string;
  readonly events: ProgressEvent[];
  readonly abort: () => void;
}

/** A host whose folders are all temporary and whose events are collected. */
export function testHost(overrides: Partial<Host> = {}): TestHost {
  const folder = overrides.cwd ?? temporaryFolder();
  const events: ProgressEvent[] = [];
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return {
    folder,
    events,
    abort: () => controller.abort(),
    env: { PATH: process.env['PATH'] },
    cwd: folder,
    packageRoot: path.resolve(import.meta.dirname, '../../..'),
    systemRoot: '/',
    cacheFolder: path.join(folder, 'cache'),
    dataFolder: path.join(folder, 'data'),
    colour: false,
    report: (event) => void events.push(event),
    signal: controller.signal,
    now: Date.now,
    ...overrides,
  };
}
