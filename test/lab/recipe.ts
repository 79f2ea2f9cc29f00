import type { Host } from '../../scripts/host/host.ts';
import type { ApkFile } from './apk-writer.ts';

/** What a recipe's contents may ask for while the lab is made. */
export interface Sources {
  /** Absolute path of the folder that a Debian package was unpacked into. */
  readonly deb: (name: string) => string;
  /** Absolute path of the folder with the lab's own files of a package. */
  readonly tree: (name: string) => string;
  /** For the one content that a program makes (the tables of kernel modules). */
  readonly host: Host;
  /** Public key that the lab's packages are signed with. */
  readonly key: { readonly name: string; readonly pem: string };
}

/** A part of a package's contents. */
export type Content = (sources: Sources) => Promise<readonly ApkFile[]>;

/** How one package of the lab is made. Its names, dependencies and layout are Alpine's. */
export interface Recipe {
  readonly name: string;
  readonly description: string;
  /** A version of the lab's own, or the Debian package whose version it takes. */
  readonly version: string | { readonly deb: string };
  /** Package that this one was split from; absent = itself. */
  readonly origin?: string;
  /** For scripts and data alone; absent = x86_64. */
  readonly noarch?: boolean;
  /** Beside the files in the lab's tree of that name, which every package takes. */
  readonly contents?: readonly Content[];
  /** Modes of files that are neither 0755 (programs, scripts, folders) nor 0644. */
  readonly modes?: Readonly<Record<string, number>>;
  /** Beside the `so:` names, which are read from the programs. `@` stands for the package's own version. */
  readonly depends?: readonly string[];
  /** Beside the `so:` and `cmd:` names, which are read from the files. */
  readonly provides?: readonly string[];
  readonly installIf?: readonly string[];
  readonly providerPriority?: number;
  readonly triggers?: readonly string[];
  /** No package at all where nothing of its contents is needed. */
  readonly ifAny?: boolean;
}
