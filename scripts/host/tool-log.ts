import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { ioError } from './errno.ts';

/** A text file that the lines of one tool's call are appended to. */
export interface ToolLog {
  readonly line: (text: string) => void;
  readonly close: () => Promise<void>;
}

export async function openToolLog(file: string): Promise<ToolLog> {
  await mkdir(path.dirname(file), { recursive: true }).catch((error: unknown) => {
    throw ioError(error, 'make the folder of the log', file);
  });
  const stream = createWriteStream(file, { flags: 'a' });
  const ended = finished(stream).catch((error: unknown) => {
    throw ioError(error, 'write the log', file);
  });
  // Reported by close(); without a listener until then an early error would end the process.
  ended.catch(() => undefined);
  return {
    line: (text) => void stream.write(`${text}\n`),
    close: async () => {
      stream.end();
      await ended;
    },
  };
}
