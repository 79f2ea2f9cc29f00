import type { Readable } from 'node:stream';
import type { ToolStart, ToolStream } from '../tools/tool-call.ts';
import { maskSecrets, replayLine } from '../tools/tool-failure.ts';
import { openToolLog } from '../tools/tool-log.ts';
import type { ToolLog } from '../tools/tool-log.ts';
import { splitLines } from './line-splitter.ts';

/** Delivers a child's output line by line to the call's log and `onLine`. */
export interface ChildOutput {
  readonly follow: (stream: Readable | null, name: ToolStream) => void;
  /** To be called when the streams have ended: delivers last lines and closes the log. */
  readonly end: () => Promise<void>;
}

export async function childOutput(call: ToolStart): Promise<ChildOutput> {
  const mask = call.mask ?? [];
  const log: ToolLog | undefined = call.log === undefined ? undefined : await openToolLog(call.log);
  log?.line(`$ ${maskSecrets(replayLine(call), mask)}`);
  const endings: (() => void)[] = [];
  return {
    follow(stream, name) {
      if (stream === null || (log === undefined && call.onLine === undefined)) return;
      const splitter = splitLines((line) => {
        log?.line(maskSecrets(line, mask));
        call.onLine?.(line, name);
      });
      const decoder = new TextDecoder();
      stream.on('data', (chunk: string | Uint8Array) => {
        splitter.write(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
      });
      endings.push(splitter.end);
    },
    async end() {
      endings.forEach((deliver) => deliver());
      await log?.close();
    },
  };
}
