import type { PackageRecord } from '../../apk/model.ts';

/** As many packages as Alpine 3.19 has in main and community. */
const PACKAGES = 23_000;
/** What the benchmark asks for; among the generated packages, too. */
export const REQUEST = ['alpine-base', 'haproxy', 'keepalived'];
const LIBRARIES = 2000;
const DOCUMENTED_EVERY = 3;

/**
 * Package records like those of a real distribution in number, size and shape: libraries that everything
 * needs, commands, and subpackages that come by install_if. For machines without a real index at hand.
 */
export function generatedRecords(): PackageRecord[] {
  return Array.from({ length: PACKAGES }, (_, position) => recordAt(position));
}

function recordAt(position: number): PackageRecord {
  const name = nameAt(position);
  const version = `${(position % 9) + 1}.${position % 31}.${position % 7}-r${position % 4}`;
  const isLibrary = position < LIBRARIES;
  const isDocumentation = !isLibrary && position % DOCUMENTED_EVERY === 0;
  // Libraries stand upon those in front of them, as real ones do.
  const below = Math.max(1, Math.min(position, LIBRARIES));
  const needs = [1, 7, 31].map((step) => `so:lib${(position * step + step) % below}.so.1`);
  const before = nameAt(position - 1);
  return {
    name: isDocumentation ? `${before}-doc` : name,
    version,
    arch: 'x86_64',
    checksum: `Q1${Buffer.from(`checksum of ${position}`.padEnd(20, '.')).toString('base64')}`,
    size: 10_000 + position,
    installedSize: 40_000 + position,
    description: `Package number ${position}, written for the benchmark of package indexes`,
    url: `https://example.org/projects/${name}/index.html`,
    license: 'GPL-2.0-or-later AND MIT',
    origin: name,
    maintainer: `Maintainer ${position % 97} <maintainer-${position % 97}@example.org>`,
    buildTime: 1_700_000_000 + position,
    commit: position.toString(16).padStart(40, '0'),
    providerPriority: 0,
    depends: isDocumentation ? [] : needs.slice(0, 1 + (position % 3)),
    provides: isLibrary
      ? [`so:lib${position}.so.1=1.${position}`]
      : isDocumentation
        ? []
        : [`cmd:${name}=${version}`],
    installIf: isDocumentation ? ['docs', before] : [],
    replaces: [],
  };
}

/** The requested packages stand behind the libraries, with some distance between them, none where documentation is. */
function nameAt(position: number): string {
  const wanted = (position - LIBRARIES - 2) / 9;
  return REQUEST[wanted] ?? `package-${position}`;
}
