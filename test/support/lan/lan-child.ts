/**
 * A process of its own for tests that kill it: opens a LAN, starts a program on it, says `ready`, and stays.
 *
 *   node --import tsx lan-child.ts SECONDS   the program is `sleep SECONDS`, to be found by its argument
 */
import os from 'node:os';
import path from 'node:path';
import { Lan } from '../../../scripts/boot/lan/lan.ts';
import { nodeHost } from '../../../scripts/host/node-host.ts';
import { EMPTY_LAN } from './empty-lan.ts';

const { signal } = new AbortController();
const host = nodeHost({ report: () => undefined, signal });
const lan = await Lan.open(host, EMPTY_LAN);
const log = path.join(os.tmpdir(), `vipiso-lan-child-${process.pid}.log`);
await lan.start(['sleep', process.argv[2] ?? '1'], log);
process.stdout.write('ready\n');
