import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sha256 } from '../../core/digest.ts';
import { END_MARK_BYTES, writeTar } from '../../formats/tar/tar-writer.ts';
import { fileEntry } from './layer.ts';
import type { Layer } from './layer.ts';

/** What an image is besides its layers. */
export interface ImageAbout {
  /** GOARCH: `amd64`. */
  readonly architecture: string;
  /** Name that tools list the image by in the archive. */
  readonly tag: string;
  /** Unix seconds. */
  readonly epoch: number;
  /** OCI image-spec, "Image Configuration", `config`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What made each layer, in their order. */
  readonly history: readonly string[];
}

const MEDIA = 'application/vnd.oci.image';

interface Blob {
  readonly mediaType: string;
  readonly sha256: string;
  readonly size: number;
}

/**
 * Writes an image as an archive of an OCI image layout (image-spec 1.0, "OCI Image Layout"): what `podman load`,
 * `skopeo copy oci-archive:FILE` and `docker load` (25 and newer) take. No daemon is asked.
 */
export async function writeArchive(
  file: string,
  about: ImageAbout,
  layers: readonly Layer[],
): Promise<{ readonly digest: string }> {
  const created = new Date(about.epoch * 1000).toISOString();
  const config = jsonBlob(`${MEDIA}.config.v1+json`, {
    ...{ created, architecture: about.architecture, os: 'linux', config: about.config },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => `sha256:${diffId}`) },
    history: about.history.map((by) => ({ created, created_by: by })),
  });
  const manifest = jsonBlob(`${MEDIA}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${MEDIA}.manifest.v1+json`,
    config: descriptor(config),
    layers: layers.map(({ sha256: digest, size }) =>
      descriptor({ mediaType: `${MEDIA}.layer.v1.tar+gzip`, sha256: digest, size }),
    ),
  });
  const index = {
    schemaVersion: 2,
    manifests: [
      {
        ...descriptor(manifest),
        annotations: { 'org.opencontainers.image.ref.name': about.tag },
      },
    ],
  };
  await pipeline(
    Readable.from(archive({ index, blobs: [manifest, config], layers, mtime: about.epoch })),
    createWriteStream(file, { flags: 'wx' }),
  );
  return { digest: `sha256:${manifest.sha256}` };
}

async function* archive(parts: {
  readonly index: unknown;
  readonly blobs: readonly (Blob & { readonly content: Buffer })[];
  readonly layers: readonly Layer[];
  readonly mtime: number;
}): AsyncGenerator<Buffer> {
  const { index, blobs, layers, mtime } = parts;
  const file = { type: 'file', mode: 0o644, mtime } as const;
  const folder = { type: 'directory', mode: 0o755, mtime } as const;
  const small = [
    { ...file, path: 'oci-layout', content: jsonText({ imageLayoutVersion: '1.0.0' }) },
    { ...file, path: 'index.json', content: jsonText(index) },
    { ...folder, path: 'blobs/' },
    { ...folder, path: 'blobs/sha256/' },
    ...blobs.map(({ sha256: name, content }) => ({ ...file, path: blobPath(name), content })),
  ];
  yield writeTar(small, { endMark: false });
  for (const layer of layers)
    yield* fileEntry(layer.file, { ...file, path: blobPath(layer.sha256) }, layer.size);
  yield Buffer.alloc(END_MARK_BYTES);
}

function blobPath(name: string): string {
  return `blobs/sha256/${name}`;
}

function jsonText(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function jsonBlob(mediaType: string, value: unknown): Blob & { readonly content: Buffer } {
  const content = jsonText(value);
  return { mediaType, content, sha256: sha256(content), size: content.length };
}

function descriptor({ mediaType, sha256: name, size }: Blob) {
  return { mediaType, digest: `sha256:${name}`, size };
}
