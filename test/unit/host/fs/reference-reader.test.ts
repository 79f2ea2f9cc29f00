import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fileReferences } from '../../../../scripts/host/fs/reference-reader.ts';

const references = fileReferences({ env: {} });
const fileMode = (file: string) => references.fileMode(file);
const readTextFile = (file: string) => references.readTextFile(file);
const folder = (): string => mkdtempSync(path.join(os.tmpdir(), 'references-'));

test('the mode of a file, of none, and of what is no file', () => {
  const place = folder();
  writeFileSync(path.join(place, 'script'), '#!/bin/sh\n');
  chmodSync(path.join(place, 'script'), 0o750);
  expect(fileMode(path.join(place, 'script'))).toEqual({ ok: true, mode: 0o750 });
  expect(fileMode(path.join(place, 'none'))).toEqual({ ok: true, mode: undefined });
  expect(fileMode(place)).toEqual({ ok: true, mode: undefined });
});

test('what nobody can look at is a reason, never an exception', () => {
  const place = folder();
  symlinkSync('ring', path.join(place, 'ring'));
  for (const look of [fileMode, readTextFile]) {
    expect(look(path.join(place, 'ring'))).toEqual({
      ok: false,
      reason: 'its links lead in a circle',
    });
    const long = path.join(place, 'x'.repeat(300));
    expect(look(long)).toEqual({ ok: false, reason: 'its name is too long' });
  }
});

test.skipIf(process.getuid?.() === 0)('a folder that is closed to this account', () => {
  const closed = path.join(folder(), 'closed');
  mkdirSync(closed, { mode: 0o000 });
  const refusal = { ok: false, reason: 'permission denied' };
  expect(fileMode(path.join(closed, 'script'))).toEqual(refusal);
  expect(readTextFile(path.join(closed, 'script'))).toEqual(refusal);
});
