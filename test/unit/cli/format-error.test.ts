import { describe, expect, it } from 'vitest';
import { errorAsJson, formatError } from '../../../scripts/cli/format-error.ts';
import { exitCodeOf, VipisoError } from '../../../scripts/core/errors.ts';

describe('formatError', () => {
  it('says what, the details, why and what to do, in this order', () => {
    const error = new VipisoError('network', 'cannot fetch the index of main', {
      details: ['https://a.example: refused', 'https://b.example: timed out'],
      hint: 'Check the mirror.',
      cause: new Error('ECONNREFUSED'),
    });
    expect(formatError(error).split('\n')).toEqual([
      'error[network]: cannot fetch the index of main',
      '  https://a.example: refused',
      '  https://b.example: timed out',
      '  cause: ECONNREFUSED',
      'hint: Check the mirror.',
    ]);
  });

  it('does not say the cause twice', () => {
    const error = new VipisoError('io', 'cannot read x: EIO', { cause: new Error('EIO') });
    expect(formatError(error)).toBe('error[io]: cannot read x: EIO');
  });

  it('shows the stack of anything unexpected and calls it a bug', () => {
    const text = formatError(new TypeError('boom'));
    expect(text).toContain('TypeError: boom');
    expect(text).toContain('format-error.test.ts');
    expect(text).toContain('This is a bug in vipiso');
  });
});

describe('exit codes', () => {
  it.each([
    ['usage', 2],
    ['cluster-invalid', 2],
    ['unsatisfiable', 3],
    ['lock-stale', 3],
    ['signature-untrusted', 4],
    ['digest-mismatch', 4],
    ['tool-missing', 5],
    ['disk-full', 5],
    ['proof-failed', 6],
    ['interrupted', 130],
  ] as const)('%s ends with %i', (code, exitCode) => {
    expect(exitCodeOf(new VipisoError(code, ''))).toBe(exitCode);
  });

  it('ends with 1 for a bug', () => {
    expect(exitCodeOf(new Error('x'))).toBe(1);
  });
});

describe('errorAsJson', () => {
  it('carries code, message, details and hint', () => {
    const error = new VipisoError('usage', 'm', { hint: 'h', details: ['d'] });
    expect(errorAsJson(error)).toEqual({
      type: 'error',
      code: 'usage',
      message: 'm',
      details: ['d'],
      hint: 'h',
    });
    expect(errorAsJson(new Error('x'))).toMatchObject({ type: 'error', code: 'bug' });
  });
});
