export interface PackRequest {
  /** As the user gave them. */
  readonly clusterFiles: readonly string[];
  /** The kit, as the user gave it. */
  readonly out: string;
  /** Values of `--repository`, instead of the cluster files' repositories; empty = those. */
  readonly repositories: readonly string[];
  /** Absolute path, instead of the cluster files'. */
  readonly keysFolder: string | undefined;
  /** Puts the private key that signs images into the kit. */
  readonly withSigningKey: boolean;
  /** That key, as the user gave it; absent = the one of builds. */
  readonly signingKey?: string | undefined;
  readonly offline: boolean;
  readonly colour: boolean;
}
