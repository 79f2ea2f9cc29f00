import { constants, createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { VipisoError } from '../../core/errors.ts';
import { ioError, isErrno } from '../fs/errno.ts';

/** A text file that the lines of one tool's call are appended to. */
export interface ToolLog {
  readonly line: (text: string) => void;
  readonly close: () => Promise<void>;
}

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
/** No link is followed, and no named pipe waited for: what lies there may be somebody else's trap. */
const SAFE_APPEND = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;

/** A link instead of the file is replaced. @throws VipisoError permission, disk-full, io */
export async function openToolLog(file: string): Promise<ToolLog> {
  const handle = await openFile(file).catch((error: unknown) => {
    throw ioError(error, 'write the log', file);
  });
  const stream = createWriteStream('', { fd: handle });
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

async function openFile(file: string): Promise<FileHandle> {
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, SAFE_APPEND, 0o600).catch(async (error: unknown) => {
    if (!isErrno(error, 'ELOOP')) throw error;
    await rm(file);
    return await open(file, SAFE_APPEND | O_EXCL, 0o600);
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new VipisoError('io', `the log ${file} is not a regular file`, { hint: 'Remove it.' });
}
