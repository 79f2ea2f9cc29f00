import { expect, test } from 'vitest';
import { readGzipMember } from '../../../scripts/formats/gzip-members.ts';

test('a web page instead of gzip data is told with a word about who may have answered', () => {
  const page = Buffer.from('<html>Welcome to our network. Please log in.</html>');
  const limits = { maxContent: 1000, code: 'malformed-index', what: 'The package index' } as const;
  expect(() => readGzipMember(page, 0, limits)).toThrow(
    expect.objectContaining({
      code: 'malformed-index',
      message: 'The package index cannot be read: it is not gzip data.',
      hint: expect.stringContaining('captive portal') as string,
    }) as Error,
  );
});
