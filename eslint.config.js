import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The floors of the house, ground first. A room may import from lower floors and from itself, never upward and
 * never sideways into a room of the same floor unless `alsoFrom` says so.
 */
const FLOORS = [
  { rooms: ['core'] },
  { rooms: ['apk'] },
  { rooms: ['cluster', 'host'] },
  { rooms: ['lockfile', 'overlay'] },
  { rooms: ['image', 'boot', 'release', 'lab'] },
  { rooms: ['workflows'] },
  { rooms: ['cli'] },
];

/** Domain rooms that stay pure: data in, data out; no processes, files, sockets or clocks. */
const PURE_ROOMS = ['core', 'apk', 'cluster', 'lockfile'];
const IMPURE_MODULES = [
  'node:fs',
  'node:fs/promises',
  'node:child_process',
  'node:net',
  'node:http',
  'node:https',
  'node:os',
  'execa',
  'undici',
];

function layering() {
  return FLOORS.flatMap(({ rooms }, floor) =>
    rooms.map((room) => {
      const forbidden = FLOORS.flatMap((other, level) =>
        level > floor
          ? other.rooms
          : level === floor
            ? other.rooms.filter((name) => name !== room)
            : [],
      );
      return {
        files: [`scripts/${room}/**/*.ts`],
        rules: {
          '@typescript-eslint/no-restricted-imports': [
            'error',
            {
              patterns: forbidden.map((name) => ({
                regex: `^(\\.\\./)+${name}/`,
                message: `${room}/ stands below or beside ${name}/: imports point downward only (ARCHITECTURE.md).`,
              })),
              paths: PURE_ROOMS.includes(room)
                ? IMPURE_MODULES.map((name) => ({
                    name,
                    message: `${room}/ is pure: effects come in as arguments from host/.`,
                  }))
                : [],
            },
          ],
        },
      };
    }),
  );
}

/**
 * Where packages and sandboxes write, a path may be a trap: the engines open what lies below a root by `host/below/`. The
 * files named here work in folders that no package and no sandbox writes to, or on open descriptors.
 */
const UNTRUSTED_ROOTS = ['root', 'native', 'mkimage'].map(
  (room) => `scripts/image/${room}/**/*.ts`,
);
const OWN_FOLDERS = [
  // Entries of a folder that `FolderBelow` holds open.
  'scripts/image/root/install-packages.ts',
  // Scripts, inputs and results in fresh folders beside the root.
  'scripts/image/root/run-scripts.ts',
  'scripts/image/native/work-root.ts',
  // A file in a folder of our own.
  'scripts/image/root/plain.ts',
  // The medium's tree, and files that were taken out of a sandbox before.
  'scripts/image/native/{bootloaders,build-base,initramfs,repository,stamp}.ts',
  // A private folder before mkimage runs; what the user names; the host's system; our templates.
  'scripts/image/mkimage/{build-images,builder-root,run-folder,eject-folder}.ts',
  'scripts/image/mkimage/{aports-scripts,archive-commit,host-system,host-tools,templates}.ts',
  // The log, which this process writes; names of sections in the cache.
  'scripts/image/mkimage/{run-mkimage,sections}.ts',
];

export default tseslint.config(
  { ignores: ['out/**', 'node_modules/**'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Only the entry sets the exit code.' },
      ],
    },
  },
  ...layering(),
  {
    files: UNTRUSTED_ROOTS,
    ignores: OWN_FOLDERS,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['fs', 'fs/promises', 'node:fs', 'node:fs/promises'].map((name) => ({
            name,
            message:
              'Packages and sandboxes write here: open files by host/below/ (eslint.config.js).',
          })),
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
