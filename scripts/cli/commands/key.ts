import { Command } from 'commander';
import { VipisoError } from '../../core/errors.ts';
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
    .addCommand(newKeyCommand(context));
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
      const { newSiteKey } = await import('../../workflows/key-new.ts');
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
          'Keep the private key safe: images signed by another key are other images.',
        ].join('\n'),
      );
    });
}

async function makeHostKeys(
  context: CliContext,
  flags: NewKeyFlags,
  cluster: string,
): Promise<void> {
  const { host, print, result } = context.open(flags);
  if (flags.out !== undefined) {
    throw new VipisoError('usage', '--out does not go with --ssh-host', {
      hint: 'The cluster file says where the host keys are: access.ssh.host_keys',
    });
  }
  const { newHostKeys } = await import('../../workflows/key-new-ssh-host.ts');
  const { keys, knownHosts } = await newHostKeys(host, cluster);
  result('host-keys', { keys, knownHosts });
  const lines = keys.map(
    ({ hostname, source, made, fingerprint }) =>
      `${made ? 'made' : 'kept'}  ${hostname}  ${fingerprint}  ${source}`,
  );
  print([...lines, '', 'For known_hosts:', ...knownHosts].join('\n'));
}
