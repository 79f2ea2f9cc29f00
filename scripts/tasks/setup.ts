/**
 * Installs the system packages that builds, boots and tests use. As root on Debian or Ubuntu it installs what is
 * missing; anywhere else it prints the one command to run and ends with exit code 5.
 */
import { existsSync } from 'node:fs';
import { $, which } from 'zx';
import { HOST_TOOLS } from '../host/tools/tool-packages.ts';

/** What must be there, and the Debian package that brings it. */
const NEEDS: readonly { readonly have: () => Promise<boolean>; readonly debian: string }[] = [
  ...Object.entries({
    ...Object.fromEntries(Object.entries(HOST_TOOLS).map(([tool, { debian }]) => [tool, debian])),
    haproxy: 'haproxy',
    keepalived: 'keepalived',
    nft: 'nftables',
    shellcheck: 'shellcheck',
    openssl: 'openssl',
    'virt-xml-validate': 'libvirt-clients',
    xmllint: 'libxml2-utils',
    xz: 'xz-utils',
    busybox: 'busybox-static',
    'ssh-keygen': 'openssh-client',
    age: 'age',
    skopeo: 'skopeo',
    umoci: 'umoci',
    faketime: 'faketime',
    chromium: 'chromium',
    zsh: 'zsh',
    fish: 'fish',
  }).map(([command, debian]) => ({ have: () => hasCommand(command), debian })),
  { have: () => Promise.resolve(hasOvmf()), debian: 'ovmf' },
];

async function hasCommand(command: string): Promise<boolean> {
  return (await which(command, { nothrow: true, path: searchPath() })) !== null;
}

/** Debian keeps daemons in sbin folders that a plain user's PATH leaves out. */
function searchPath(): string {
  return `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
}

function hasOvmf(): boolean {
  return ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_CODE.fd'].some((file) =>
    existsSync(file),
  );
}

const missing: string[] = [];
for (const { have, debian } of NEEDS) {
  if (!missing.includes(debian) && !(await have())) missing.push(debian);
}

const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
if (missing.length === 0) {
  console.log('System packages: all there.');
} else if (process.getuid?.() === 0 && (await hasCommand('apt-get'))) {
  console.log(`Installing system packages: ${missing.join(' ')}`);
  const apt = $({ env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, quiet: true });
  await apt`apt-get update`;
  await apt`apt-get install -y --no-install-recommends ${missing}`;
} else {
  console.error(
    `These system packages are missing. Install them with this one command, then run again:\n\n  sudo ${command}\n`,
  );
  process.exitCode = 5;
}
