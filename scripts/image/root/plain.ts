import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes a file of mode 0644, whatever the umask: modes of a root's files show in what is made from it. */
export async function writePlainFile(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file, content);
  await chmod(file, 0o644);
}

/** Makes a folder of mode 0755, whatever the umask, and its missing parents likewise; one that is there stays as it is. */
export async function makePlainFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) {
    await chmod(made, 0o755);
  }
}
