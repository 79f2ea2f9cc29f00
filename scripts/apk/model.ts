/**
 * One package as an APKINDEX describes it. Dependency fields keep apk's own notation
 * (`so:libssl.so.3`, `busybox>=1.36`, `!conflict`, `cmd:ip=6.6`); see apk-package(5).
 */
export interface PackageRecord {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  /** `Q1` + base64 SHA-1 (or `Q2` + SHA-256) of the package's control member: its identity to apk. */
  readonly checksum: string;
  /** Bytes of the .apk file. */
  readonly size: number;
  /** Bytes once installed. */
  readonly installedSize: number;
  readonly description: string;
  readonly url: string;
  readonly license: string;
  /** Source package this was built from: secdb and release notes speak of origins. */
  readonly origin: string;
  readonly maintainer: string;
  /** Unix seconds; 0 when the index does not say. */
  readonly buildTime: number;
  readonly commit: string;
  readonly providerPriority: number;
  readonly depends: readonly string[];
  readonly provides: readonly string[];
  readonly installIf: readonly string[];
  readonly replaces: readonly string[];
}

/** Trusted public keys: file name as signatures name it (`x-616ae350.rsa.pub`) -> PEM text. */
export type KeySet = ReadonlyMap<string, string>;

/** A private key that signs indexes; `name` is the public key's file name (`site-1a2b3c4d.rsa.pub`). */
export interface SigningKey {
  readonly name: string;
  readonly privateKeyPem: string;
  /**
   * For a rebuild by who has only the public half: what the true key signed. It is taken where it fits; `privateKeyPem`,
   * some other key, signs the rest, which no reader accepts.
   */
  readonly made?: { readonly publicKeyPem: string; readonly signatures: readonly Buffer[] };
}
