import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * Where secrets stand: in files below folders, whatever their names, as they are and as gzip has them, and in texts.
 * Images are left out: they are what secrets are for.
 */
export function placesOfSecrets(
  secrets: Readonly<Record<string, string>>,
  folders: readonly string[],
  texts: Readonly<Record<string, string>>,
): readonly string[] {
  const found = (place: string, bytes: Buffer): string[] =>
    Object.entries(secrets).flatMap(([key, value]) =>
      [value, Buffer.from(value).toString('base64').replace(/=+$/, '')].some((it) =>
        bytes.includes(it),
      )
        ? [`${key} in ${place}`]
        : [],
    );
  return [
    ...Object.entries(texts).flatMap(([place, text]) => found(place, Buffer.from(text))),
    ...folders.flatMap((folder) =>
      filesBelow(folder).flatMap((file) => {
        const bytes = readFileSync(file);
        const place = path.relative(path.dirname(folder), file);
        return [...found(place, bytes), ...found(`${place}, unpacked`, unpacked(bytes))];
      }),
    ),
  ];
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.iso'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function unpacked(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return Buffer.alloc(0);
  try {
    return gunzipSync(bytes);
  } catch {
    return Buffer.alloc(0);
  }
}

/** Collects the command lines of all processes of the machine until it is ended. */
export function watchProcesses(): { readonly end: () => readonly string[] } {
  const seen = new Set<string>();
  const look = (): void => {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        seen.add(readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' '));
      } catch {
        // It ended meanwhile.
      }
    }
  };
  const timer = setInterval(look, 20);
  return {
    end: () => {
      clearInterval(timer);
      return [...seen];
    },
  };
}
