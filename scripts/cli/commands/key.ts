import { Command } from 'commander';
import { VipisoError } from '../../core/errors.ts';
import type { RingKey } from '../../packages/trust/key-ring.ts';
import { absolutePath } from '../paths.ts';
import type { CliContext } from '../context.ts';

interface NewKeyFlags {
  readonly out?: string;
  readonly sshHost?: string | true;
  readonly json?: boolean;
}

export function keyCommand(context: CliContext): Command {
  return new Command('key')
    .description('the key that signs your images’ package indexes, and the nodes’ SSH host keys')
    .addCommand(newKeyCommand(context))
    .addCommand(listKeysCommand(context))
    .addCommand(rotateKeyCommand(context));
}

function newKeyCommand(context: CliContext): Command {
  return new Command('new')
    .description(
      'make the site’s signing key: NAME.rsa (mode 0600) and NAME.rsa.pub; never replaces one',
    )
    .option('--out <dir>', 'folder for the pair (default: where builds look for it)')
    .option(
      '--ssh-host [cluster]',
      'make the SSH host keys instead that the cluster file (default: cluster.yaml) names and that are not there yet',
    )
    .option('--json', 'events and results as JSON lines')
    .action(async (flags: NewKeyFlags) => {
      if (flags.sshHost !== undefined) {
        await makeHostKeys(context, flags, flags.sshHost === true ? 'cluster.yaml' : flags.sshHost);
        return;
      }
      const { host, print, result } = context.open(flags);
      const { newSiteKey } = await import('../../workflows/key/new.ts');
      const { file, publicFile, fingerprint } = await newSiteKey(
        host,
        absolutePath(host, flags.out),
      );
      result('key', { file, publicFile, fingerprint });
      print(
        [
          `private  ${file}`,
          `public   ${publicFile}`,
          `SHA-256  ${fingerprint}`,
          '',
          'Back the private key up: with a different key, the same inputs give different image bytes.',
        ].join('\n'),
      );
    });
}

function listKeysCommand(context: CliContext): Command {
  return new Command('list')
    .description('list the keys where builds look: the one that signs, and those accepted still')
    .option('--json', 'events and results as JSON lines')
    .action(async (flags: { readonly json?: boolean }) => {
      const { host, print, result } = context.open(flags);
      const { siteKeys } = await import('../../workflows/key/list.ts');
      const keys = await siteKeys(host);
      result('keys', { keys: keys.map(shownKey) });
      print(
        keys.length === 0
          ? 'There is no signing key yet: the first build makes one, or vipiso key new.'
          : keys.map((key) => keyLine(key)).join('\n'),
      );
    });
}

function rotateKeyCommand(context: CliContext): Command {
  return new Command('rotate')
    .description(
      'make a new signing key; releases are signed by the old one too, until it is dropped',
    )
    .option('--drop <name>', 'instead, end the acceptance of this old key and remove it')
    .option('--json', 'events and results as JSON lines')
    .action(async (flags: { readonly drop?: string; readonly json?: boolean }) => {
      const { host, print, result } = context.open(flags);
      const { endKey, rotateKey } = await import('../../workflows/key/rotate.ts');
      if (flags.drop !== undefined) {
        const key = await endKey(host, flags.drop);
        result('dropped', shownKey(key));
        print(`dropped   ${key.name}: what only it signed is no longer accepted here`);
        return;
      }
      const { made, keys } = await rotateKey(host);
      const { file, publicFile, fingerprint } = made;
      result('key', { file, publicFile, fingerprint, keys: keys.map(shownKey) });
      print(
        [
          ...keys.map((key) => keyLine(key)),
          '',
          `Give ${publicFile} to everybody who verifies; once they have it: vipiso key rotate --drop OLD`,
        ].join('\n'),
      );
    });
}

function keyLine({ state, name, fingerprint }: RingKey): string {
  return `${state.padEnd(9)} ${name}  ${fingerprint}`;
}

function shownKey({ state, name, fingerprint, privateFile }: RingKey): Record<string, unknown> {
  return { state, name, fingerprint, private: privateFile !== undefined };
}

async function makeHostKeys(
  context: CliContext,
  flags: NewKeyFlags,
  cluster: string,
): Promise<void> {
  const { host, print, result } = context.open(flags);
  if (flags.out !== undefined) {
    throw new VipisoError('usage', '--out cannot be used with --ssh-host', {
      hint: 'The cluster file says where the host keys are: access.ssh.host_keys',
    });
  }
  const { newHostKeys } = await import('../../workflows/key/new-ssh-host.ts');
  const { keys, knownHosts } = await newHostKeys(host, cluster);
  result('host-keys', { keys, knownHosts });
  const lines = keys.map(
    ({ hostname, source, made, fingerprint }) =>
      `${made ? 'made' : 'kept'}  ${hostname}  ${fingerprint}  ${source}`,
  );
  print([...lines, '', 'For known_hosts:', ...knownHosts].join('\n'));
}
