import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Sha256 } from '../../../../scripts/core/digest.ts';
import { writeTar } from '../../../../scripts/formats/tar/tar-writer.ts';
import { loadAports } from '../../../../scripts/image/mkimage/aports/aports.ts';
import type { Aports, AportsRequest } from '../../../../scripts/image/mkimage/aports/aports.ts';
import { inputsDigest } from '../../../../scripts/packages/lock/format/inputs.ts';
import { serialiseLock } from '../../../../scripts/packages/lock/format/serialise.ts';
import { globalHeader } from '../../../support/apk/global-header.ts';
import { testSources } from '../../../support/apk/package-sources.ts';
import { testHost } from '../../../support/host/test-host.ts';
import { content, serve, status } from '../../../support/http/http-server.ts';

const COMMIT = 'a1b2c3d4'.repeat(5);
const REF = '3.24-stable';
const PATH_ARCHIVE = `/gitlab/-/archive/${REF}/aports-${REF}.tar.gz?path=scripts`;
const WHOLE_ARCHIVE = `/gitlab/-/archive/${REF}/aports-${REF}.tar.gz`;
const MIRROR_ARCHIVE = `/mirror/tar.gz/${REF}`;

interface Form {
  readonly folder: string;
  /** Modes of files and programs: those of git's tar.umask at either place. */
  readonly modes: readonly [number, number];
  readonly others: readonly string[];
}

const FORMS = {
  [PATH_ARCHIVE]: { folder: `aports-${REF}-scripts`, modes: [0o644, 0o755], others: [] },
  [WHOLE_ARCHIVE]: { folder: `aports-${REF}`, modes: [0o644, 0o755], others: ['README.md'] },
  [MIRROR_ARCHIVE]: {
    folder: `aports-${REF}`,
    modes: [0o664, 0o775],
    others: ['README.md', 'main/scripts/mkimage.sh'],
  },
} satisfies Record<string, Form>;

/** An archive as one of the places packs it. */
function archive({ folder, modes, others }: Form, base = 'base', name = 'scripts'): Buffer {
  const entry = { type: 'file', mtime: 1 } as const;
  const entries = [
    { path: `${folder}/${name}/mkimage.sh`, mode: modes[1], content: '#!/bin/sh\n' },
    { path: `${folder}/${name}/mkimg.base.sh`, mode: modes[1], content: base },
    { path: `${folder}/${name}/mkimg.uboot.sh`, mode: modes[0], content: 'uboot' },
    ...others.map((it) => ({ path: `${folder}/${it}`, mode: modes[0], content: 'x' })),
  ].map((it) => ({ ...entry, ...it, content: Buffer.from(it.content) }));
  const tar = writeTar(entries, { endMark: true });
  return gzipSync(Buffer.concat([globalHeader(`52 comment=${COMMIT}\n`), tar]));
}

type Answer = Buffer | number;

/** A GitLab and its mirror on loopback; what is not answered is not there. */
async function places(answers: Readonly<Record<string, Answer>>): Promise<{
  requests: readonly string[];
  load: (more?: Partial<AportsRequest>) => Promise<Aports>;
}> {
  const { url, requests } = await serve((request, response) => {
    const answer = answers[request.url ?? ''] ?? 404;
    const listener = typeof answer === 'number' ? status(answer) : content(answer);
    listener(request, response);
  });
  const load = async (more: Partial<AportsRequest> = {}): Promise<Aports> =>
    await loadAports(testSources(testHost(), undefined, { offline: false }), {
      configured: undefined,
      places: { gitlab: `${url}/gitlab`, mirror: `${url}/mirror` },
      ...more,
    });
  return { requests, load };
}

describe("the scripts of a branch's archive", () => {
  test('are one folder of it, where GitLab packs a single one', async () => {
    const { requests, load } = await places({ [PATH_ARCHIVE]: archive(FORMS[PATH_ARCHIVE]) });
    const { scripts, source, commit } = await load();
    expect(scripts.files.map(({ name, executable }) => [name, executable])).toEqual([
      ['mkimage.sh', true],
      ['mkimg.base.sh', true],
      ['mkimg.uboot.sh', false],
    ]);
    expect(commit).toBe(COMMIT);
    // What a branch holds moves on: the commit is what a lock remembers.
    expect(source).toContain(`/gitlab/-/archive/${COMMIT}/aports-${COMMIT}.tar.gz`);
    expect(requests).toEqual([PATH_ARCHIVE]);
  });

  test('have one digest, whichever of three forms of archive they come in', async () => {
    const digests: string[] = [];
    for (const [url, form] of Object.entries(FORMS)) {
      const { load } = await places({ [url]: archive(form) });
      digests.push((await load()).scripts.sha256);
    }
    expect(digests).toHaveLength(3);
    expect(new Set(digests).size).toBe(1);
  });

  test('come from the mirror where GitLab takes us for a robot, without asking it again', async () => {
    const { requests, load } = await places({
      [PATH_ARCHIVE]: 418,
      [MIRROR_ARCHIVE]: archive(FORMS[MIRROR_ARCHIVE]),
      [WHOLE_ARCHIVE]: 418,
    });
    expect((await load()).commit).toBe(COMMIT);
    expect(requests).toEqual([PATH_ARCHIVE, MIRROR_ARCHIVE]);
  });

  test('come from the whole archive at last', async () => {
    const { requests, load } = await places({ [WHOLE_ARCHIVE]: archive(FORMS[WHOLE_ARCHIVE]) });
    expect((await load()).scripts.files).toHaveLength(3);
    expect(requests).toEqual([PATH_ARCHIVE, MIRROR_ARCHIVE, WHOLE_ARCHIVE]);
  });

  test('come from another place where one gives an archive without them', async () => {
    const { load } = await places({
      [PATH_ARCHIVE]: archive(FORMS[PATH_ARCHIVE], 'base', 'other'),
      [MIRROR_ARCHIVE]: archive(FORMS[MIRROR_ARCHIVE]),
    });
    expect((await load()).scripts.files).toHaveLength(3);
  });

  test('are an error that names every place where none has them', async () => {
    const { load } = await places({ [PATH_ARCHIVE]: 418 });
    await expect(load()).rejects.toMatchObject({
      details: [
        expect.stringContaining('HTTP 418') as unknown,
        expect.stringContaining('HTTP 404') as unknown,
        expect.stringContaining('HTTP 404') as unknown,
      ],
    });
  });
});

describe('the scripts that a lock pins', () => {
  /** @returns path of a lock file that pins scripts of a branch's archive */
  function lockFile(source: string, digest: Sha256): string {
    const file = path.join(testHost().folder, 'vipiso.lock.json');
    const asked = { branch: 'v3.24', arch: 'x86_64', repositories: [], requests: {} };
    const lock = serialiseLock({
      ...{ schema: 1, inputs: inputsDigest(asked), sourceDateEpoch: 1, ...asked },
      ...{ keys: [], order: {}, packages: [], aports: { source, commit: COMMIT, sha256: digest } },
    });
    writeFileSync(file, lock);
    return file;
  }
  const ofCommit = (request: string): string => request.replaceAll(REF, COMMIT);

  test('are taken from the place that still has them, not from one with others', async () => {
    const { load: first } = await places({ [PATH_ARCHIVE]: archive(FORMS[PATH_ARCHIVE]) });
    const { scripts } = await first();
    const answers = {
      [ofCommit(PATH_ARCHIVE)]: archive(FORMS[PATH_ARCHIVE], 'tampered'),
      [ofCommit(MIRROR_ARCHIVE)]: archive(FORMS[MIRROR_ARCHIVE]),
    };
    const { url } = await serve((request, response) => {
      const answer = answers[request.url ?? ''];
      (answer === undefined ? status(404) : content(answer))(request, response);
    });
    const file = lockFile(`${url}${ofCommit(WHOLE_ARCHIVE)}`, scripts.sha256);
    const at = { gitlab: `${url}/gitlab`, mirror: `${url}/mirror` };
    const common = { configured: undefined, lockFile: file, places: at };
    const sources = () => testSources(testHost(), undefined, { offline: false });
    expect((await loadAports(sources(), common)).scripts.sha256).toBe(scripts.sha256);

    answers[ofCommit(MIRROR_ARCHIVE)] = archive(FORMS[MIRROR_ARCHIVE], 'tampered');
    await expect(loadAports(sources(), common)).rejects.toMatchObject({
      code: 'digest-mismatch',
      message: expect.stringContaining('are not those of the lock') as unknown,
    });
  });
});
