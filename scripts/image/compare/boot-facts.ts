/** What a boot loader's configuration says. */
export interface BootFacts {
  /** By name: kernel and initial archives of an entry, or a setting. */
  readonly entries: ReadonlyMap<string, string>;
  /** By `<entry>`: the kernel's arguments. */
  readonly arguments: ReadonlyMap<string, string>;
}

/** Reads syslinux.cfg: `LABEL`, `KERNEL`, `INITRD`, `APPEND` and settings before the first label. */
export function syslinuxFacts(text: string): BootFacts {
  const entries = new Map<string, string>();
  const kernelArguments = new Map<string, string>();
  let label = '';
  for (const { keyword, rest } of statements(text)) {
    if (keyword === 'label') label = rest;
    else if (keyword === 'append') kernelArguments.set(`BIOS ${label}`, rest);
    else entries.set(['BIOS', label, keyword].filter((it) => it !== '').join(' '), rest);
  }
  return { entries, arguments: kernelArguments };
}

/** Reads grub.cfg: `menuentry "x" {`, `linux`, `initrd` and settings. */
export function grubFacts(text: string): BootFacts {
  const entries = new Map<string, string>();
  const kernelArguments = new Map<string, string>();
  let label = '';
  for (const { keyword, rest } of statements(text)) {
    if (keyword === 'menuentry') label = /^["'](.*)["']/.exec(rest)?.[1] ?? rest;
    else if (keyword === 'linux') {
      const [kernel = '', ...words] = rest.split(/\s+/);
      entries.set(`UEFI ${label} kernel`, kernel);
      kernelArguments.set(`UEFI ${label}`, words.map(unquoted).join(' '));
    } else if (keyword !== '}') {
      entries.set(['UEFI', label, keyword].filter((it) => it !== '').join(' '), rest);
    }
  }
  return { entries, arguments: kernelArguments };
}

function statements(text: string): { keyword: string; rest: string }[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, keyword = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
      return { keyword: keyword.toLowerCase(), rest };
    });
}

function unquoted(word: string): string {
  return word.replaceAll("'", '');
}
