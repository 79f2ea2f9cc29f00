import { folders, libraries, links, takeSame } from '../contents.ts';
import type { Recipe } from '../recipe.ts';

const C_LIBRARY_DEB = 'libc6';

/** Which of Debian's packages hold the libraries of Alpine's, where the names differ by more than a number. */
const ALPINE_NAMES: readonly (readonly [string, RegExp])[] = [
  ['acct', /^libaudit1/],
  ['device-mapper-libs', /^libdevmapper/],
  ['elogind-libs', /^libsystemd0/],
  ['eudev-libs', /^libudev1/],
  ['glib', /^libglib2\.0-0/],
  ['gmp', /^libgmp10/],
  ['gnutls', /^libgnutls30/],
  ['jansson', /^libjansson/],
  ['jemalloc', /^libjemalloc/],
  ['keyutils', /^libkeyutils/],
  ['krb5-libs', /^libkrb5|^libgssapi-krb5|^libk5crypto/],
  ['kmod-libs', /^libkmod/],
  ['libbz2', /^libbz2/],
  ['libcom_err', /^libcom-err/],
  ['libgcc', /^libgcc-s/],
  ['libncursesw', /^libtinfo/],
  ['libnl3', /^libnl-/],
  ['libopentracing', /^libopentracing/],
  ['libxtables', /^libxtables/],
  ['linux-pam', /^libpam0/],
  ['lm-sensors-libs', /^libsensors/],
  ['lua5.4-libs', /^liblua5\.4/],
  ['lz4-libs', /^liblz4/],
  ['net-snmp-libs', /^libsnmp/],
  ['nettle', /^libnettle|^libhogweed/],
  ['numactl', /^libnuma/],
  ['p11-kit', /^libp11-kit/],
  ['pcre2', /^libpcre2/],
  ['perl', /^libperl/],
  ['sqlite-libs', /^libsqlite3/],
  ['tcp-wrappers-libs', /^libwrap/],
  ['xz-libs', /^liblzma/],
  ['zlib', /^zlib1g/],
  ['zstd-libs', /^libzstd/],
];

/** The C library goes by the name that Alpine's packages know: musl. */
const C_LIBRARY: Recipe = {
  name: 'musl',
  description: "the C library (Debian's glibc in its place)",
  version: { deb: C_LIBRARY_DEB },
  contents: [
    libraries(C_LIBRARY_DEB),
    links({ 'lib64/ld-linux-x86-64.so.2': '/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2' }),
  ],
};

/** PAM's modules that doas asks. */
const PAM_MODULES: Recipe = {
  name: 'linux-pam-modules',
  description: 'PAM modules that check passwords and let pass',
  version: { deb: 'libpam-modules' },
  origin: 'linux-pam',
  contents: [
    takeSame(
      'libpam-modules',
      ['permit', 'unix'].map((it) => `lib/x86_64-linux-gnu/security/pam_${it}.so`),
    ),
  ],
};

/** Debian packages that the recipes below read whether or not a program needs them. */
export const libraryDebs: readonly string[] = [C_LIBRARY_DEB, 'libpam-modules'];

/**
 * Packages of shared libraries: of each, only what some program of the lab needs goes in.
 *
 * @param debs Debian's packages of libraries, by name
 */
export function libraryRecipes(debs: readonly string[]): readonly Recipe[] {
  const grouped = new Map<string, [string, ...string[]]>();
  for (const deb of debs) {
    if (deb === C_LIBRARY_DEB || /^libssl\d/.test(deb)) continue;
    const name = alpineName(deb);
    const others = grouped.get(name);
    if (others === undefined) grouped.set(name, [deb]);
    else others.push(deb);
  }
  return [
    C_LIBRARY,
    PAM_MODULES,
    ...debs.filter((deb) => /^libssl\d/.test(deb)).flatMap(openssl),
    ...[...grouped].map(([name, [first, ...others]]): Recipe => ({
      name,
      description: `libraries of ${name}`,
      version: { deb: first },
      contents: [first, ...others].map(libraries),
      ifAny: true,
    })),
  ];
}

/** Debian ends a library's package with the number of its interface, and a letter or `t64` of its own history. */
function alpineName(deb: string): string {
  const known = ALPINE_NAMES.find(([, pattern]) => pattern.test(deb))?.[0];
  return known ?? deb.replace(/(?:t64|g|a)?$/, '').replace(/-?\d+(?:\.\d+)*$/, '');
}

/** OpenSSL's two libraries are packages of their own. */
function openssl(deb: string): readonly Recipe[] {
  return ['libcrypto', 'libssl'].map((name) => ({
    name: `${name}3`,
    description: `${name} of OpenSSL`,
    version: { deb },
    origin: 'openssl',
    contents: [
      async (sources) =>
        (await libraries(deb)(sources)).filter(({ path }) => path.includes(`/${name}.`)),
      ...(name === 'libcrypto'
        ? [
            takeSame('openssl', ['etc/ssl/openssl.cnf']),
            folders({ 'etc/ssl/certs': 0o755, 'etc/ssl/private': 0o700 }),
            links({
              'usr/lib/ssl/cert.pem': '/etc/ssl/certs/ca-certificates.crt',
              'usr/lib/ssl/certs': '/etc/ssl/certs',
              'usr/lib/ssl/openssl.cnf': '/etc/ssl/openssl.cnf',
              'usr/lib/ssl/private': '/etc/ssl/private',
            }),
          ]
        : []),
    ],
  }));
}
