import { Command } from 'commander';
import type { CliContext } from '../context.ts';

interface NewKeyFlags {
  readonly out?: string;
  readonly json?: boolean;
}

export function keyCommand(context: CliContext): Command {
  return new Command('key')
    .description('the key that signs your images’ package indexes')
    .addCommand(newKeyCommand(context));
}

function newKeyCommand(context: CliContext): Command {
  return new Command('new')
    .description(
      'make the site’s signing key: NAME.rsa (mode 0600) and NAME.rsa.pub; never replaces one',
    )
    .option('--out <dir>', 'folder for the pair (default: where builds look for it)')
    .option('--json', 'events and results as JSON lines')
    .action(async (flags: NewKeyFlags) => {
      const { host, print, result } = context.open(flags);
      const { newSiteKey } = await import('../../workflows/new-key.ts');
      const { file, publicFile, fingerprint } = await newSiteKey(host, flags.out);
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
