/** What a package says of itself in .PKGINFO; see apk-package(5). Lists keep the file's order. */
export interface PkgInfo {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly url: string;
  readonly license: string;
  readonly arch: string;
  readonly origin: string;
  readonly maintainer: string;
  readonly commit: string;
  /** Unix seconds. */
  readonly buildTime: number;
  /** Bytes once installed. */
  readonly installedSize: number;
  readonly providerPriority: number;
  readonly replacesPriority: number;
  readonly depends: readonly string[];
  readonly provides: readonly string[];
  readonly installIf: readonly string[];
  readonly replaces: readonly string[];
  /** Directories, `*` allowed, whose change runs the package's trigger script. */
  readonly triggers: readonly string[];
  /** SHA-256 of the data member, hexadecimal. */
  readonly dataHash: string;
}

const LINE = /^([a-z_]+) = (.*)$/;

/** Reads `key = value` lines; a key may come again, a list may also stand on one line. */
export function parsePkgInfo(text: string): PkgInfo | undefined {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, key = '', value = ''] = LINE.exec(line) ?? [];
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  const one = (key: string): string => values.get(key)?.at(-1) ?? '';
  const number = (key: string): number => (/^\d{1,15}$/.test(one(key)) ? Number(one(key)) : 0);
  const list = (key: string): string[] =>
    (values.get(key) ?? []).flatMap((value) => value.split(/\s+/).filter((atom) => atom !== ''));
  if (one('pkgname') === '' || one('pkgver') === '') return undefined;
  return {
    name: one('pkgname'),
    version: one('pkgver'),
    description: one('pkgdesc'),
    url: one('url'),
    license: one('license'),
    arch: one('arch'),
    origin: one('origin'),
    maintainer: one('maintainer'),
    commit: one('commit'),
    buildTime: number('builddate'),
    installedSize: number('size'),
    providerPriority: number('provider_priority'),
    replacesPriority: number('replaces_priority'),
    depends: list('depend'),
    provides: list('provides'),
    installIf: list('install_if'),
    replaces: list('replaces'),
    triggers: list('triggers'),
    dataHash: one('datahash'),
  };
}
