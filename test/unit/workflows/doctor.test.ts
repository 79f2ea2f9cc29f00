import { expect, test } from 'vitest';
import { nodeVersion } from '../../../scripts/workflows/doctor.ts';

test.each([
  ['20.18.1', 'good'],
  ['20.19.0', 'good'],
  ['22.0.0', 'good'],
  ['100.1.0', 'good'],
  ['20.18.0', 'missing'],
  ['20.9.9', 'missing'],
  ['18.20.8', 'missing'],
])('Node.js %s is %s', (version, state) => {
  expect(nodeVersion(version).state).toBe(state);
});
