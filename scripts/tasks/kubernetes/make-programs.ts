import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { $ } from 'zx';

/** Debian 12, the last one that has the server's sources: apt gets a configuration and a state of its own. */
const SUITE = 'bookworm';
const MIRROR = 'http://deb.debian.org/debian';
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';
const PACKAGES = [
  ...['etcd-server', 'golang-1.19-go', 'golang-1.19-src'],
  // What the makefiles call, with the libraries that are not everywhere.
  ...['rsync', 'libpopt0', 'libxxhash0', 'jq', 'libjq1', 'libonig5'],
];
const VERSION = { major: '1', minor: '20', text: 'v1.20.2' };

/**
 * Makes `bin/` below a folder: Debian's etcd, and kube-apiserver and kubectl from its source package `kubernetes`. Nothing
 * is installed; packages and sources are checked by apt against Debian's keys.
 *
 * @param work absolute
 */
export async function makePrograms(work: string): Promise<void> {
  const fresh = path.join(work, 'bin.new');
  const tools = path.join(work, 'tools');
  const source = path.join(work, 'source');
  for (const folder of [fresh, tools, source]) await rm(folder, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const shell = $({
    ...{ cwd: work, verbose: true, stdio: 'inherit' },
    env: { ...process.env, APT_CONFIG: await aptConfig(work) },
  });
  await shell`apt-get update`;
  await shell`apt-get download ${PACKAGES}`;
  await shell`sh -c ${'for file in *.deb; do dpkg-deb -x "$file" tools; done; rm -f *.deb'}`;
  await shell`apt-get source --download-only kubernetes`;
  // apt has checked the digests of what the description names.
  await shell`sh -c ${'dpkg-source --no-check -x kubernetes_*.dsc source'}`;
  const goRoot = path.join(work, 'go');
  await rm(goRoot, { recursive: true, force: true });
  // Its parts are links to a place where nothing is installed here.
  await shell`sh -c ${'mkdir go && cp -rL tools/usr/lib/go-1.19/. go/'}`;
  await compile(work, { tools, source, goRoot });
  await copyFile(path.join(tools, 'usr/bin/etcd'), path.join(fresh, 'etcd'));
  for (const name of ['kube-apiserver', 'kubectl'])
    await copyFile(path.join(source, '_output/local/go/bin', name), path.join(fresh, name));
  await rm(path.join(work, 'bin'), { recursive: true, force: true });
  await rename(fresh, path.join(work, 'bin'));
}

async function aptConfig(work: string): Promise<string> {
  const apt = path.join(work, 'apt');
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    await mkdir(path.join(apt, folder), { recursive: true });
  const place = `[signed-by=${KEYS}] ${MIRROR} ${SUITE} main`;
  await writeFile(path.join(apt, 'sources.list'), `deb ${place}\ndeb-src ${place}\n`);
  await writeFile(path.join(apt, 'status'), '');
  const config = path.join(apt, 'apt.conf');
  const settings = {
    'Dir::Etc::sourcelist': path.join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State::lists': path.join(apt, 'lists'),
    'Dir::State::status': path.join(apt, 'status'),
    'Dir::Cache': path.join(apt, 'cache'),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  await writeFile(config, lines.join(''));
  return config;
}

/** Of all that `make` generates, the source package lacks the description of the API alone. */
async function compile(
  work: string,
  { tools, source, goRoot }: Readonly<Record<'tools' | 'source' | 'goRoot', string>>,
): Promise<void> {
  const versionFile = path.join(work, 'version.sh');
  const { major, minor, text } = VERSION;
  await writeFile(
    versionFile,
    `KUBE_GIT_COMMIT=debian\nKUBE_GIT_TREE_STATE=archive\nKUBE_GIT_VERSION=${text}\nKUBE_GIT_MAJOR=${major}\nKUBE_GIT_MINOR=${minor}\n`,
  );
  const shell = $({
    ...{ cwd: source, verbose: true, stdio: 'inherit' },
    env: {
      ...process.env,
      ...{ GOROOT: goRoot, CGO_ENABLED: '0', GOFLAGS: '-mod=vendor', HOME: work },
      PATH: `${goRoot}/bin:${tools}/usr/bin:${process.env['PATH'] ?? ''}`,
      LD_LIBRARY_PATH: `${tools}/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`,
      KUBE_GIT_VERSION_FILE: versionFile,
    },
  });
  await shell`make gen_openapi`;
  for (const name of ['kube-apiserver', 'kubectl'])
    await shell`hack/make-rules/build.sh ${`cmd/${name}`}`;
}
