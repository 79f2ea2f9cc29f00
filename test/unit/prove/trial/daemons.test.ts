import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { VipisoError } from '../../../../scripts/core/errors.ts';
import { deadDaemons, listDead } from '../../../../scripts/prove/trial/inside/daemons.ts';

const machine = (output: string): Parameters<typeof deadDaemons>[0] => ({
  name: 'lb-1',
  inside: () => Promise.resolve({ exitCode: 0, output }),
});

describe('the daemons of a booted node', () => {
  it('are asked for by a command line that names those that do not run', () => {
    const asked = listDead(['sh', 'vipiso-no-such-daemon']);
    const output = execFileSync('sh', ['-c', asked], { encoding: 'utf8' });
    expect(output.split('\n')[0]).toBe('! vipiso-no-such-daemon');
  });

  it('that run give no findings', async () => {
    expect(await deadDaemons(machine(''))).toEqual([]);
  });

  it('that do not run are named with their last words', async () => {
    const output =
      '! haproxy\n! keepalived\nNov 27 lb-1 daemon.err Keepalived[201]: one\nKeepalived[202]: two\n';
    expect(await deadDaemons(machine(output))).toEqual([
      { code: 'service-missing', text: 'lb-1: haproxy does not run' },
      {
        code: 'service-missing',
        text: 'lb-1: keepalived does not run: Nov 27 lb-1 daemon.err Keepalived[201]: one / Keepalived[202]: two',
      },
    ]);
  });

  it('of a node that does not answer give no findings, but an interruption stays one', async () => {
    const failing = (code: 'timeout' | 'interrupted'): Parameters<typeof deadDaemons>[0] => ({
      name: 'lb-1',
      inside: () => Promise.reject(new VipisoError(code, 'no answer')),
    });
    expect(await deadDaemons(failing('timeout'))).toEqual([]);
    await expect(deadDaemons(failing('interrupted'))).rejects.toThrow('no answer');
  });
});
