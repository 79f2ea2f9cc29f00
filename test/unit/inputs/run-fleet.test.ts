import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { VipisoError } from '../../../scripts/core/errors.ts';
import { runFleet } from '../../../scripts/inputs/run-fleet.ts';
import type { FleetRequest, FleetResult } from '../../../scripts/inputs/run-fleet.ts';
import { testHost } from '../../support/host/test-host.ts';

const FILES = ['fleet/c.yaml', 'fleet/a.yaml', 'fleet/b.yml'];

async function fleet(
  request: Partial<FleetRequest>,
  make: (file: string, out: string) => Promise<string> = () => Promise.resolve('2 images'),
): Promise<FleetResult & { readonly done: readonly string[] }> {
  const done: string[] = [];
  const told: string[] = [];
  const result = await runFleet(
    testHost(),
    { files: FILES, shard: undefined, out: '/out', ...request },
    {
      make: async (file, out) => {
        done.push(`${file} -> ${out}`);
        return await make(file, out);
      },
      done: ({ file }) => told.push(file),
    },
  );
  expect(told).toEqual(result.rows.map(({ file }) => file));
  return { ...result, done };
}

describe('a fleet', () => {
  test('has a folder for each cluster, in the order of names, each file once', async () => {
    const { done, error, text } = await fleet({ files: [...FILES, 'fleet/a.yaml'] });
    expect(done).toEqual([
      'fleet/a.yaml -> /out/a',
      'fleet/b.yml -> /out/b',
      'fleet/c.yaml -> /out/c',
    ]);
    expect(error).toBeUndefined();
    expect(text).toHaveLength(4);
  });

  test('names the folder of a cluster.yaml after the folder that it is in', async () => {
    const { done } = await fleet({ files: ['paris/cluster.yaml', 'rome/cluster.yaml'] });
    expect(done.map((it) => path.basename(it))).toEqual(['paris', 'rome']);
  });

  test('refuses two files for one folder before anything is made', async () => {
    const made: string[] = [];
    const both = fleet({ files: ['x/a.yaml', 'y/a.yaml'] }, (file) => {
      made.push(file);
      return Promise.resolve('');
    });
    await expect(both).rejects.toMatchObject({ code: 'usage' });
    expect(made).toEqual([]);
  });

  test('goes on behind a broken cluster; the table and the exit code tell', async () => {
    const { done, rows, text, error } = await fleet({}, (file) =>
      file.endsWith('b.yml')
        ? Promise.reject(new VipisoError('lock-stale', 'the lock is stale'))
        : Promise.resolve('2 images'),
    );
    expect(done).toHaveLength(3);
    expect(rows.map((it) => it.failure?.code)).toEqual([undefined, 'lock-stale', undefined]);
    expect(text.filter((line) => line.startsWith('FAILED'))).toHaveLength(1);
    expect(error).toMatchObject({
      code: 'lock-stale',
      message: '1 of 3 clusters failed',
      details: ['fleet/b.yml: the lock is stale'],
    });
  });

  test('is shared out by shards: every file is in one of them', async () => {
    const parts = [];
    for (const index of [1, 2]) parts.push(await fleet({ shard: { index, count: 2 } }));
    expect(parts.map((it) => it.rows.map(({ file }) => file))).toEqual([
      ['fleet/a.yaml', 'fleet/c.yaml'],
      ['fleet/b.yml'],
    ]);
    const empty = fleet({ shard: { index: 4, count: 4 } });
    await expect(empty).rejects.toMatchObject({ code: 'usage' });
  });
});
