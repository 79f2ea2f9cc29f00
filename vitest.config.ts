import { defineConfig } from 'vitest/config';

/**
 * Five projects: `unit` (pure code and golden trees, seconds), `integration` (real tools, the lab repository, whole
 * builds), `mkimage` (Alpine's own image builder, where the environment names its packages and scripts), `kubernetes`
 * (real API servers, by `npm run test:kubernetes`) and `boot` (QEMU). The slow ones run one file at a time: they share two cores with the machines that they boot.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/golden/**/*.test.ts'],
          // Pure code leaves nothing behind for the next file; loading it anew for each takes half of the time.
          isolate: false,
          // One core less, as is the default, would leave half of a small machine idle.
          maxWorkers: '100%',
          // Seconds when idle; a machine that boots others beside must not fail them.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: ['test/integration/mkimage/**'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'mkimage',
          include: ['test/integration/mkimage/**/*.test.ts'],
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'kubernetes',
          include: ['test/kubernetes/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'boot',
          include: ['test/boot/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
