import { existsSync, readFileSync, readdirSync } from 'node:fs';
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

/** Collects the command lines of all processes below this one until it is ended. */
export function watchProcesses(): { readonly end: () => readonly string[] } {
  const seen = new Set<string>();
  const look = (pid: number): void => {
    for (const child of childrenOf(pid)) {
      seen.add(textOf(`/proc/${child}/cmdline`).replaceAll('\0', ' '));
      look(child);
    }
  };
  const timer = setInterval(() => {
    look(process.pid);
  }, 50);
  return {
    end: () => {
      clearInterval(timer);
      return [...seen];
    },
  };
}

/** proc(5): each thread tells of the children that it started. */
function childrenOf(pid: number): readonly number[] {
  const folder = `/proc/${pid}/task`;
  const threads = existsSync(folder) ? listed(folder) : [];
  return threads.flatMap((thread) =>
    textOf(`${folder}/${thread}/children`)
      .split(' ')
      .filter((word) => word !== '')
      .map(Number),
  );
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Empty where the process ended meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
