import { chmod, writeFile } from 'node:fs/promises';

/**
 * Writes a file of mode 0644, whatever the umask: modes show in what is made of it. For folders that no package and no
 * sandbox has written to.
 */
export async function writePlainFile(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file, content);
  await chmod(file, 0o644);
}
