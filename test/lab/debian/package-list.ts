/** One binary package of a Debian suite, as its list describes it (deb-control(5)). */
export interface DebianPackage {
  readonly name: string;
  /** In Debian's own notation, with epoch and revision. */
  readonly version: string;
  readonly suite: string;
  /** `amd64`, or `all` for what holds no programs. */
  readonly architecture: string;
  readonly section: string;
  /** Names of what it depends on: of alternatives the first, without versions. */
  readonly depends: readonly string[];
  /** Of the .deb file, in hexadecimal. */
  readonly sha256: string;
  /** Of the .deb file, in bytes. */
  readonly size: number;
}

const NAME = /^Package: (\S+)$/m;

/** The packages of one suite. Their stanzas are read when they are asked for: the lab wants a hundred of 70,000. */
export class PackageList {
  readonly #suite: string;
  readonly #stanzas = new Map<string, string>();

  /** @param text of a suite's `Packages` file */
  constructor(suite: string, text: string) {
    this.#suite = suite;
    for (const stanza of text.split('\n\n')) {
      const name = NAME.exec(stanza)?.[1];
      if (name !== undefined) this.#stanzas.set(name, stanza);
    }
  }

  get(name: string): DebianPackage | undefined {
    const stanza = this.#stanzas.get(name);
    if (stanza === undefined) return undefined;
    const field = (key: string): string =>
      new RegExp(`^${key}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
    return {
      name,
      version: field('Version'),
      suite: this.#suite,
      architecture: field('Architecture'),
      section: field('Section'),
      depends: [...namesIn(field('Pre-Depends')), ...namesIn(field('Depends'))],
      sha256: field('SHA256'),
      size: Number(field('Size')),
    };
  }
}

/** `libc6 (>= 2.38), dracut | initramfs-tools, python3:any`: `libc6`, `dracut`, `python3`. */
function namesIn(relation: string): readonly string[] {
  return relation.split(',').flatMap((part) => /^\s*([^\s:(|]+)/.exec(part)?.[1] ?? []);
}
