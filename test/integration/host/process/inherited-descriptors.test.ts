import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../support/host/test-host.ts';

const HOST = path.resolve(import.meta.dirname, '../../../../scripts/host');

/** Tells what descriptor 42 is in this process, and in a tool that it runs. */
const PROGRAM = `
import { readlinkSync } from 'node:fs';
import { nodeHost } from ${JSON.stringify(pathToFileURL(path.join(HOST, 'node-host.ts')).href)};
import { runTool } from ${JSON.stringify(pathToFileURL(path.join(HOST, 'process/run.ts')).href)};
const host = nodeHost({ report: () => undefined, signal: new AbortController().signal });
const { stdout } = await runTool(host, { tool: 'readlink', args: ['/proc/self/fd/42'] });
console.log(readlinkSync('/proc/self/fd/42'));
console.log(stdout.trim());
`;

test('a descriptor that whoever started us left open reaches no tool', async () => {
  const folder = temporaryFolder();
  const secret = path.join(folder, 'secret');
  const program = path.join(folder, 'program.mts');
  writeFileSync(secret, 'secret');
  writeFileSync(program, PROGRAM);
  const held = openSync(secret, 'r');
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const between = Array<'ignore'>(39).fill('ignore');
  const child = spawn(process.execPath, ['--import', tsx, program], {
    stdio: ['ignore', 'pipe', 'inherit', ...between, held],
  });
  closeSync(held);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdio[1] as AsyncIterable<Buffer>) chunks.push(chunk);
  const [ours, toolHas] = Buffer.concat(chunks).toString().split('\n');
  expect(ours).toBe(secret);
  // A pipe of ours that nobody writes to, as for the tool's streams: a device node of the host could be changed.
  expect(toolHas).toMatch(/^(socket|pipe):/);
});
