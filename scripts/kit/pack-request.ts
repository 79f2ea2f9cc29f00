import type { SourceFlags } from '../packages/sources.ts';

export interface PackRequest {
  /** As the user gave them. */
  readonly clusterFiles: readonly string[];
  /** Absolute path of the kit. */
  readonly out: string;
  readonly sources: SourceFlags;
  /** Puts the private key that signs images into the kit. */
  readonly withSigningKey: boolean;
  /** Absolute path of that key; absent = the one of builds. */
  readonly signingKey?: string | undefined;
}
