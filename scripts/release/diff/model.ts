import type { Hunk } from '../../core/unified-diff.ts';

/** What was held against what. */
export interface DiffSide {
  /** As the user named it. */
  readonly name: string;
  readonly kind: 'release' | 'images';
  readonly cluster?: string;
  readonly version?: string;
}

/** A fact of a release as a whole that has another value: engine, tool, signing key. */
export interface SettingChange {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** What some of the nodes have in common: their host names, in the order of the images. */
interface OfNodes {
  readonly nodes: readonly string[];
}

export interface PackageChange extends OfNodes {
  readonly name: string;
  /** `rebuilt`: the same version with other content. */
  readonly change: 'up' | 'down' | 'added' | 'removed' | 'rebuilt';
  readonly before?: string;
  readonly after?: string;
}

export interface Vulnerability {
  readonly id: string;
  /** Source package. */
  readonly origin: string;
  readonly fixedIn: string;
}

export interface FileChange extends OfNodes {
  /** Absolute in the image. */
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Octal, before and after, where they differ. */
  readonly mode?: { readonly before: string; readonly after: string };
  /** What differs, with a placeholder for each secret. */
  readonly hunks: readonly Hunk[];
  /** Why the content is not shown. */
  readonly hidden?: 'binary' | 'secret';
}

/** Of secrets nothing is told but whether they are the same. */
export interface SecretChange extends OfNodes {
  readonly path: string;
  /** `auth_pass of VI_1`. */
  readonly what: string;
  readonly state: 'changed' | 'unchanged' | 'added' | 'removed';
}

/** Words that only one side has. */
export interface WordChange extends OfNodes {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Bytes; the whole image is the part `image`. */
export interface SizeChange {
  readonly node: string;
  readonly part: string;
  readonly before: number;
  readonly after: number;
}

/** Seconds; absent where that side does not have it. */
export interface TimeChange {
  /** Name of the VRRP group or service; of the proof, id of the fault. */
  readonly subject: string;
  /** `a node dies`. */
  readonly what: string;
  readonly before?: number;
  readonly after?: number;
}

/** Times of fail-over: by the timers, and as a proof measured them. */
export interface FailoverTimes {
  /** Empty where either side does not tell: then a note says so. */
  readonly expected: readonly TimeChange[];
  readonly proven: readonly TimeChange[];
}

/** What one release, or image, changes against another, in the words of who runs them. */
export interface ReleaseDiff {
  readonly schema: 1;
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** Whether anything but measured times differs, bytes included. */
  readonly changed: boolean;
  readonly settings: readonly SettingChange[];
  readonly nodes: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly packages: readonly PackageChange[];
  readonly vulnerabilities: {
    readonly closed: readonly Vulnerability[];
    readonly opened: readonly Vulnerability[];
  };
  readonly configuration: readonly FileChange[];
  readonly secrets: readonly SecretChange[];
  readonly kernelArguments: readonly WordChange[];
  readonly services: readonly WordChange[];
  readonly sizes: readonly SizeChange[];
  readonly failover: FailoverTimes;
  /** Images whose bytes differ. */
  readonly images: readonly string[];
  /** What could not be told, and why. */
  readonly notes: readonly string[];
}
