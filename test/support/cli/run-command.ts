import type { ErrorCode } from '../../../scripts/core/errors.ts';
import type { Host } from '../../../scripts/host/host.ts';
import { createProgram } from '../../../scripts/cli/program.ts';

/** What a command said, and what it ended with. */
export interface Ran {
  readonly printed: string;
  /** Machine-readable results, in order. */
  readonly results: readonly { readonly name: string; readonly data: unknown }[];
  readonly error: unknown;
  /** Outcomes that are no failures but have an exit code of their own. */
  readonly endings: readonly ErrorCode[];
}

/** Runs a command line of the tool in this process, on a host of the test. */
export async function runCommand(host: Host, words: readonly string[]): Promise<Ran> {
  const printed: string[] = [];
  const results: { name: string; data: unknown }[] = [];
  const endings: ErrorCode[] = [];
  const terminal = { input: process.stdin, output: process.stdout };
  const program = await createProgram(
    {
      open: ({ json = false }) => ({
        ...{ host, json, terminal },
        print: (text) => void printed.push(text),
        result: (name, data) => void results.push({ name, data }),
        endWith: (code) => void endings.push(code),
      }),
    },
    '0',
    words[0],
  );
  const error: unknown = await program.parseAsync([...words], { from: 'user' }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { printed: printed.join('\n'), results, error, endings };
}
