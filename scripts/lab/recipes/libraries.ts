import { folders, libraries, links, takeSame } from '../contents.ts';
import type { Recipe } from '../recipe.ts';

/** Alpine's name of each library package, and the Debian packages whose libraries it holds. */
const LIBRARIES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  acct: ['libaudit1'],
  'device-mapper-libs': ['libdevmapper1.02.1'],
  'elogind-libs': ['libsystemd0'],
  'eudev-libs': ['libudev1'],
  glib: ['libglib2.0-0'],
  gmp: ['libgmp10'],
  gnutls: ['libgnutls30'],
  jansson: ['libjansson4'],
  keyutils: ['libkeyutils1'],
  'krb5-libs': ['libkrb5-3', 'libgssapi-krb5-2', 'libk5crypto3', 'libkrb5support0'],
  libblkid: ['libblkid1'],
  libbsd: ['libbsd0'],
  libcap2: ['libcap2'],
  'libcap-ng': ['libcap-ng0'],
  libcom_err: ['libcom-err2'],
  libcrypt: ['libcrypt1'],
  libedit: ['libedit2'],
  libffi: ['libffi8'],
  libgcc: ['libgcc-s1'],
  libgcrypt: ['libgcrypt20'],
  'libgpg-error': ['libgpg-error0'],
  libidn2: ['libidn2-0'],
  libmd: ['libmd0'],
  libmnl: ['libmnl0'],
  libmount: ['libmount1'],
  libncursesw: ['libtinfo6'],
  libnftnl: ['libnftnl11'],
  libnl3: ['libnl-3-200', 'libnl-genl-3-200'],
  libnsl: ['libnsl2'],
  libopentracing: ['libopentracing1', 'libopentracing-c-wrapper0'],
  libpci: ['libpci3'],
  libseccomp: ['libseccomp2'],
  libselinux: ['libselinux1'],
  'libstdc++': ['libstdc++6'],
  libtasn1: ['libtasn1-6'],
  libtirpc: ['libtirpc3'],
  libunistring: ['libunistring2'],
  liburing: ['liburing2'],
  libxtables: ['libxtables12'],
  'linux-pam': ['libpam0g'],
  'lm-sensors-libs': ['libsensors5'],
  'lua5.3-libs': ['liblua5.3-0'],
  'lz4-libs': ['liblz4-1'],
  'net-snmp-libs': ['libsnmp40'],
  nettle: ['libnettle8', 'libhogweed6'],
  numactl: ['libnuma1'],
  'p11-kit': ['libp11-kit0'],
  pcre2: ['libpcre2-8-0'],
  perl: ['libperl5.36'],
  'tcp-wrappers-libs': ['libwrap0'],
  'xz-libs': ['liblzma5'],
  zlib: ['zlib1g'],
  'zstd-libs': ['libzstd1'],
};

/** The C library goes by the name that Alpine's packages know: musl. */
const C_LIBRARY: Recipe = {
  name: 'musl',
  description: "the C library (Debian's glibc in its place)",
  version: { deb: 'libc6' },
  contents: [
    libraries('libc6'),
    links({ 'lib64/ld-linux-x86-64.so.2': '/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2' }),
  ],
};

/** OpenSSL's two libraries are packages of their own. */
const OPENSSL: readonly Recipe[] = ['libcrypto', 'libssl'].map((name) => ({
  name: `${name}3`,
  description: `${name} of OpenSSL`,
  version: { deb: 'libssl3' },
  origin: 'openssl',
  contents: [
    async (sources) =>
      (await libraries('libssl3')(sources)).filter(({ path }) => path.includes(`/${name}.`)),
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

/** Packages of shared libraries: of each, only what some program of the lab needs goes in. */
export const libraryRecipes: readonly Recipe[] = [
  C_LIBRARY,
  ...OPENSSL,
  PAM_MODULES,
  ...Object.entries(LIBRARIES).map(([name, debs]): Recipe => ({
    name,
    description: `libraries of ${name}`,
    version: { deb: debs[0] },
    contents: debs.map(libraries),
  })),
];

/** Debian packages that the recipes above read. */
export const libraryDebs: readonly string[] = [
  'libc6',
  'libssl3',
  'libpam-modules',
  ...Object.values(LIBRARIES).flat(),
];
