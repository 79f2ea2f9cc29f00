import { z } from 'zod';
import { RELEASE_FOLDERS } from './layout.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** The type of the predicate: what came of a rebuild. */
const PREDICATE_TYPE = 'urn:vipiso:reproduction:1';

/**
 * What a rebuilder says of a release: an in-toto statement (v1). Its subjects are the images as they came out of the
 * rebuild. It has no time and no name of a machine.
 */
export const Attestation = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z
    .array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: digest }) }))
    .min(1),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.strictObject({
    release: z.strictObject({
      cluster: z.string(),
      version: z.string(),
      /** SHA-256 of its manifest.json. */
      manifest: digest,
    }),
    /** `equal`: every image has the bytes of the release's. */
    result: z.enum(['equal', 'different']),
    tool: z.strictObject({ name: z.string(), version: z.string(), sha256: digest }),
    /** Version lines of the programs that wrote parts of the images. */
    tools: z.record(z.string(), z.string()),
  }),
});
export type Attestation = z.infer<typeof Attestation>;

export type Rebuilt = Pick<Attestation['predicate'], 'release' | 'result' | 'tool' | 'tools'> & {
  readonly images: readonly { readonly file: string; readonly sha256: string }[];
};

/** The file's text: the schema's key order, two blanks, a newline at the end. */
export function formatAttestation({ images, release, result, tool, tools }: Rebuilt): string {
  const statement: Attestation = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: images.map(({ file, sha256 }) => ({ name: file, digest: { sha256 } })),
    predicateType: PREDICATE_TYPE,
    predicate: { release, result, tool, tools },
  };
  return `${JSON.stringify(Attestation.parse(statement), null, 2)}\n`;
}

/** Where the files of a rebuilder lie. @param key name of its public half, `site-1a2b3c4d.rsa.pub` */
export function attestationFiles(key: string): {
  readonly statement: string;
  readonly signature: string;
  readonly key: string;
} {
  const name = `${RELEASE_FOLDERS.attestations}/${key.replace(/\.rsa\.pub$/, '')}`;
  return { statement: `${name}.json`, signature: `${name}.json.sig`, key: `${name}.rsa.pub` };
}
