import path from 'node:path';
import { Command } from 'commander';
import { VipisoError } from '../../core/errors.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import { absolutePath } from '../paths.ts';
import type { CliContext, Session } from '../context.ts';
import { addRepositoryOptions, sourceFlagsOf } from '../repository-options.ts';
import type { RepositoryOptions } from '../repository-options.ts';

interface KitFlags extends RepositoryOptions {
  readonly out: string;
  readonly unpack?: string;
  readonly into: string;
  readonly withSigningKey?: boolean;
  readonly signingKey?: string;
  readonly json?: boolean;
}

const HELP = `
The kit holds this tool, the locked packages, their keys, and the cluster files with what they refer to. Secrets in
files and variables stay behind; the kit lists them. Images made inside are the same bytes as outside when they are
signed by the same key (--with-signing-key, or bring it yourself) and the host tools have the same versions.`;

export function kitCommand(context: CliContext): Command {
  return addRepositoryOptions(
    new Command('kit')
      .description('pack everything that building behind an air gap needs into one file')
      .argument('[file...]', 'cluster files (default: cluster.yaml)'),
  )
    .option('-o, --out <file>', 'the kit', 'site.vipiso.tar')
    .option('--with-signing-key', 'put the private key that signs images into the kit')
    .option('--signing-key <file>', 'that key, instead of the one that builds use')
    .option('--unpack <kit>', 'check a kit and unpack it, instead of making one')
    .option('--into <dir>', 'folder to unpack into', '.')
    .option('--json', 'events and results as JSON lines')
    .addHelpText('after', HELP)
    .action(async (files: readonly string[], flags: KitFlags) => {
      const session = context.open(flags);
      if (flags.unpack === undefined) await pack(session, files, flags);
      else await unpack(session, files, { kit: flags.unpack, into: flags.into });
    });
}

async function pack(session: Session, files: readonly string[], flags: KitFlags): Promise<void> {
  const { host, print, result } = session;
  const { packKit } = await import('../../workflows/kit/pack.ts');
  const { file, bytes, sha256, contents } = await packKit(host, {
    clusterFiles: files.length === 0 ? ['cluster.yaml'] : files,
    out: absolutePath(host, flags.out),
    sources: await sourceFlagsOf(host, flags),
    withSigningKey: flags.withSigningKey === true || flags.signingKey !== undefined,
    signingKey: absolutePath(host, flags.signingKey),
  });
  result('kit', { file, bytes, sha256, ...contents });
  const shown = path.relative(host.cwd, file);
  print(
    [
      `${shown}  ${formatBytes(bytes)}`,
      `  SHA-256 ${sha256}`,
      ...bringLines(contents.bring),
      ...(contents.signingKey === undefined
        ? [
            'Not in it: your signing key. Another key signs inside, so the bytes of the images will differ.',
          ]
        : []),
      '',
      `Next, inside the gap: vipiso kit --unpack ${path.basename(file)}`,
    ].join('\n'),
  );
}

async function unpack(
  { host, print, result }: Session,
  files: readonly string[],
  request: { readonly kit: string; readonly into: string },
): Promise<void> {
  if (files.length > 0) {
    throw new VipisoError('usage', `--unpack takes no cluster files: ${files.join(', ')}`, {
      hint: 'A kit says itself which it holds.',
    });
  }
  const { unpackKit } = await import('../../workflows/kit/unpack.ts');
  const { folder, sha256, contents } = await unpackKit(host, {
    kit: absolutePath(host, request.kit),
    into: absolutePath(host, request.into),
  });
  const { entries, ...about } = contents;
  result('unpacked', { folder, sha256, files: entries.length, ...about });
  const shown = path.relative(host.cwd, folder);
  const named = signingKeyFlag(contents.signingKey);
  print(
    [
      `${request.kit}: ${entries.length} files, all checked`,
      `  SHA-256 ${sha256} (the same that “vipiso kit” showed?)`,
      ...bringLines(contents.bring),
      '',
      'Next:',
      ...(shown === '' ? [] : [`  cd ${shown}`]),
      '  ./vipiso doctor',
      ...contents.clusters.map((cluster) => `  ./vipiso build ${cluster} --offline${named}`),
    ].join('\n'),
  );
}

/** A key that "vipiso key new" made is found by itself. */
function signingKeyFlag(key: { readonly name: string } | undefined): string {
  if (key === undefined || /^vipiso-[0-9a-f]{8}\.rsa\.pub$/.test(key.name)) return '';
  return ` --signing-key kit/data/keys/${key.name.replace(/\.pub$/, '')}`;
}

function bringLines(bring: readonly { key: string; source: string; cluster: string }[]): string[] {
  return bring.map(
    ({ key, source, cluster }) => `Bring it yourself: ${key} of ${cluster}, ${source}`,
  );
}
