import path from 'node:path';
import { expect, test } from 'vitest';
import type { CliContext, Session } from '../../../scripts/cli/context.ts';
import { createProgram } from '../../../scripts/cli/program.ts';
import { branchSite } from '../../support/apk/branch-site.ts';

test('fetch --mirror prints a command for apk with absolute paths, whatever its working directory', async () => {
  const site = branchSite();
  site.write('v3.24');
  await site.publish('3.24.0-r0');
  await site.lock();
  const printed: string[] = [];
  const session: Pick<Session, 'host' | 'json' | 'print' | 'result'> = {
    host: site.host,
    json: false,
    print: (text) => void printed.push(text),
    result: () => undefined,
  };
  const context: CliContext = { open: () => session as Session };
  const program = await createProgram(context, '0', 'fetch');
  await program.parseAsync(['fetch', '--offline', '--mirror', 'a mirror'], { from: 'user' });
  const mirror = path.join(site.host.folder, 'a mirror');
  expect(printed.join('\n').split('\n').at(-1)).toBe(
    `mirror: apk add --keys-dir '${mirror}/keys' -X '${mirror}/site' PACKAGE`,
  );
});
