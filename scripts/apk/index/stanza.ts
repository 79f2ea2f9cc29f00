import type { PackageRecord } from '../model.ts';

/** The letters of an APKINDEX stanza, in the order in which `apk index` writes them. */
const FIELDS = {
  C: 'checksum',
  P: 'name',
  V: 'version',
  A: 'arch',
  S: 'size',
  I: 'installedSize',
  T: 'description',
  U: 'url',
  L: 'license',
  o: 'origin',
  m: 'maintainer',
  t: 'buildTime',
  c: 'commit',
  k: 'providerPriority',
  D: 'depends',
  p: 'provides',
  i: 'installIf',
  r: 'replaces',
} as const satisfies Record<string, keyof PackageRecord>;

const EMPTY: PackageRecord = {
  name: '',
  version: '',
  arch: '',
  checksum: '',
  size: 0,
  installedSize: 0,
  description: '',
  url: '',
  license: '',
  origin: '',
  maintainer: '',
  buildTime: 0,
  commit: '',
  providerPriority: 0,
  depends: [],
  provides: [],
  installIf: [],
  replaces: [],
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads one stanza of APKINDEX (https://wiki.alpinelinux.org/wiki/Apk_spec, “APKINDEX Format”; `apk_pkg_add_info` of
 * apk-tools 2.14, src/package.c): lines `letter:value`. Unknown letters are passed over, as apk does with those that
 * newer tools may add; missing fields are empty.
 *
 * @returns `undefined` when a line is not of that form, a number is none, or name or version is missing.
 */
export function parseStanza(stanza: string): PackageRecord | undefined {
  const record: Mutable<PackageRecord> = { ...EMPTY };
  for (const line of stanza.split('\n')) {
    if (line.length < 2) continue;
    if (line[1] !== ':') return undefined;
    const field = fieldOf(line.charAt(0));
    if (field !== undefined && !assign(record, field, line.slice(2))) return undefined;
  }
  return record.name === '' || record.version === '' ? undefined : record;
}

function fieldOf(letter: string): keyof PackageRecord | undefined {
  return Object.hasOwn(FIELDS, letter) ? FIELDS[letter as keyof typeof FIELDS] : undefined;
}

function assign(
  record: Mutable<PackageRecord>,
  field: keyof PackageRecord,
  value: string,
): boolean {
  switch (field) {
    case 'size':
    case 'installedSize':
    case 'buildTime':
    case 'providerPriority':
      record[field] = Number(value);
      return /^\d{1,15}$/.test(value);
    case 'depends':
    case 'provides':
    case 'installIf':
    case 'replaces':
      record[field] = value.split(' ').filter((atom) => atom !== '');
      return true;
    case 'name':
    case 'version':
    case 'arch':
    case 'checksum':
    case 'description':
    case 'url':
    case 'license':
    case 'origin':
    case 'maintainer':
    case 'commit':
      record[field] = value;
      return true;
  }
}

/** Writes a stanza without its closing blank line; fields that say nothing are left out, as by apk. */
export function formatStanza(record: PackageRecord): string {
  let text = '';
  for (const [letter, field] of Object.entries(FIELDS)) {
    const value = record[field];
    const shown = typeof value === 'object' ? value.join(' ') : String(value);
    if (ALWAYS_SHOWN.has(field) || (shown !== '' && value !== 0)) text += `${letter}:${shown}\n`;
  }
  return text;
}

const ALWAYS_SHOWN: ReadonlySet<string> = new Set([
  'description',
  'url',
  'license',
  'size',
  'installedSize',
]);
