import { spawnSync } from 'node:child_process';
import type { Host } from '../host.ts';
import { searchPath } from '../tools/tool-environment.ts';

/** How an encrypted file is opened; paths are absolute. */
export type DecryptCall =
  | { readonly by: 'sops'; readonly file: string; readonly key: string | undefined }
  | { readonly by: 'age'; readonly file: string; readonly identity: string | undefined };

type Decrypted =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

const DEADLINE_MS = 60_000;
const MAX_BYTES = 1024 * 1024;
/** Names the identity where a file names none: sops reads it, too. */
const IDENTITY_FILE = 'SOPS_AGE_KEY_FILE';
/** What sops finds its keys by: its own settings, GnuPG, and those of the key services that it knows. */
const PASSED_ON =
  /^(HOME|USER|XDG_CONFIG_HOME|XDG_RUNTIME_DIR|GNUPGHOME|GPG_TTY|(SOPS|AWS|AZURE|GOOGLE|GCLOUD|VAULT)_\w+)$/;

/**
 * Opens files by sops(1) or age(1), each once in a run; what comes out stays in memory and is on no command line.
 * Synchronous, as everything that a cluster file refers to is read.
 */
export function decrypter(env: Host['env']): (call: DecryptCall) => Decrypted {
  const known = new Map<string, Decrypted>();
  return (call) => {
    const name = JSON.stringify(call);
    const result = known.get(name) ?? decrypt(call, env);
    known.set(name, result);
    return result;
  };
}

function decrypt(call: DecryptCall, env: Host['env']): Decrypted {
  const args = argumentsOf(call, env);
  if (args === undefined)
    return { ok: false, reason: `no identity is named, and ${IDENTITY_FILE} is not set` };
  const { stdout, stderr, status, error } = spawnSync(call.by, args, {
    env: environmentFor(call.by, env),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
    maxBuffer: MAX_BYTES,
  });
  if (error !== undefined) return { ok: false, reason: reasonOf(call.by, error) };
  if (status === 0) return { ok: true, text: stdout.toString('utf8') };
  const [said = 'it says nothing'] = stderr.toString('utf8').trim().split('\n');
  return { ok: false, reason: `${call.by} refuses: ${said}` };
}

/** sops 3.x: `--extract` takes a path in brackets. age 1.x: the identity is a file, the result goes to the stream. */
function argumentsOf(call: DecryptCall, env: Host['env']): readonly string[] | undefined {
  if (call.by === 'sops') {
    const { key, file } = call;
    const path = key?.split('.').map((part) => `[${JSON.stringify(part)}]`);
    return ['--decrypt', ...(path === undefined ? [] : ['--extract', path.join('')]), file];
  }
  const identity = call.identity ?? env[IDENTITY_FILE];
  return identity === undefined ? undefined : ['--decrypt', '--identity', identity, call.file];
}

function environmentFor(by: DecryptCall['by'], env: Host['env']): Record<string, string> {
  const passed = by === 'age' ? [] : Object.entries(env).filter(([name]) => PASSED_ON.test(name));
  return {
    ...Object.fromEntries(
      passed.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    PATH: searchPath({ env }).join(':'),
    LC_ALL: 'C',
  };
}

function reasonOf(by: string, error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `the program ${by} is not installed`;
  if (code === 'ETIMEDOUT') return `${by} took more than ${DEADLINE_MS / 1000} s`;
  return error.message;
}
