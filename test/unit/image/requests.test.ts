import { describe, expect, test } from 'vitest';
import { requestsOf } from '../../../scripts/image/requests.ts';
import { inputsDigest, staleness } from '../../../scripts/packages/lock/format/inputs.ts';
import type { Lockfile } from '../../../scripts/packages/lock/format/schema.ts';
import { REFERENCE_FILE, modelOf } from '../../support/cluster/reference-model.ts';
import { testProfile } from '../../support/images/image-inputs.ts';

const cluster = modelOf(REFERENCE_FILE);

function requestsFor(branch: string): ReturnType<typeof requestsOf> {
  const alpine = { ...cluster.alpine, branch };
  return requestsOf({ ...cluster, alpine }, testProfile(), ['haproxy'], 'mkimage');
}

describe('the program that unpacks .ko.zst', () => {
  test.each([
    ['v3.19', false],
    ['v3.21', false],
    ['v3.22', true],
    ['v3.24', true],
    ['v4.0', true],
    ['edge', true],
  ])('is asked for where modules are unpacked, on %s: %s', (branch, asked) => {
    const { kernel, builder, image } = requestsFor(branch);
    expect([kernel, builder].map((it) => it?.includes('zstd'))).toEqual([asked, asked]);
    expect(image).not.toContain('zstd');
  });

  test('makes a lock without it stale, and the message says what is new and for what', () => {
    const wanted = { branch: 'v3.24', arch: 'x86_64', repositories: [] };
    const without = (names: readonly string[] = []): string[] =>
      names.filter((name) => name !== 'zstd');
    const { image, kernel, builder } = requestsFor('v3.24');
    const requests = { image: [...image], kernel: without(kernel), builder: without(builder) };
    const lock: Lockfile = {
      ...{ schema: 1, inputs: inputsDigest({ ...wanted, requests }), sourceDateEpoch: 1 },
      ...{ ...wanted, repositories: [], requests, order: {}, keys: [], packages: [] },
    };
    const changes = staleness(lock, { ...wanted, requests: { ...requestsFor('v3.24') } });
    expect(changes).toEqual(['+ zstd (kernel)', '+ zstd (builder)']);
  });
});
