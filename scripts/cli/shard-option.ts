import { InvalidArgumentError, Option } from 'commander';
import type { Shard } from '../inputs/run-fleet.ts';

/** For commands that take many cluster files, on several machines that share the work. */
export function shardOption(): Option {
  return new Option(
    '--shard <i/n>',
    'only the i-th of n parts of the cluster files, counted from 1',
  ).argParser(readShard);
}

function readShard(text: string): Shard {
  const [, index = '', count = ''] = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text) ?? [];
  if (index !== '' && Number(index) <= Number(count)) {
    return { index: Number(index), count: Number(count) };
  }
  throw new InvalidArgumentError('A part of how many is expected, such as 2/5.');
}
