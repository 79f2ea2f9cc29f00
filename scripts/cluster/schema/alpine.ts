import { z } from 'zod';
import { oneOrMany, Path, Text, Word } from './scalars.ts';

const Mirror = z
  .string()
  .regex(
    /^(https?:\/\/\S+|(?!\w+:\/\/)[^:\s]\S*)$/,
    'expected a folder or an http(s) URL without blanks',
  );

export const AlpineFile = z.strictObject({
  branch: z
    .string()
    .regex(/^(v\d+\.\d+|edge)$/, 'expected a branch such as v3.24, or edge')
    .optional()
    .describe('Release branch of Alpine, the folder below the mirror. Default: v3.24.'),
  arch: z
    .string()
    .regex(/^[a-z0-9_]+$/, 'expected an architecture such as x86_64')
    .optional()
    .describe("Architecture by Alpine's name. Default: x86_64."),
  mirror: oneOrMany(Mirror)
    .optional()
    .describe(
      'URL or folder that holds <branch>/<repository>/<arch>, or a list of equivalent ones, first choice first. Default: https://dl-cdn.alpinelinux.org/alpine.',
    ),
  repositories: z
    .array(
      z
        .string()
        .regex(/^(@[A-Za-z0-9_.-]+\s+)?\S+$/, 'expected a repository, or "@tag repository"'),
    )
    .min(1, 'the list is empty')
    .optional()
    .describe(
      'Repositories: names below <mirror>/<branch>, or the folder or URL of a repository that holds <arch>/APKINDEX.tar.gz, each with an optional "@tag " in front. Default: [main, community].',
    ),
  keys: Path.optional().describe(
    "Folder of *.rsa.pub keys to trust. Default: Alpine's official keys.",
  ),
  packages: z
    .array(Word)
    .optional()
    .describe(
      "Further packages for the image, in apk's notation: tcpdump, strace=6.6-r0, htop@edge.",
    ),
  kernel: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected a kernel flavour such as virt or lts')
    .optional()
    .describe('Kernel flavour: the package linux-<kernel>. Default: virt.'),
  aports: Text.optional().describe(
    "Checkout, archive or URL of Alpine's aports, whose scripts/ the mkimage engine runs.",
  ),
});
export type AlpineFile = z.infer<typeof AlpineFile>;
