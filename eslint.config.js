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
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
