import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { documentedThrows } from './scripts/tasks/lint/documented-throws.mjs';

/**
 * The layers, lowest first. A module may import from lower layers and from itself, never upward and never sideways into a
 * module of the same layer.
 */
const LAYERS = [
  ['core'],
  ['formats'],
  ['apk'],
  ['cluster', 'host'],
  ['packages', 'explore'],
  ['inputs'],
  ['overlay'],
  ['image'],
  ['boot', 'kit', 'rollout'],
  ['prove'],
  ['release'],
  ['workflows'],
  ['cli'],
];

/** What stays pure: data in, data out; no processes, files, sockets or clocks. */
const PURE = [
  'core',
  'formats',
  'apk',
  'cluster',
  'explore',
  'packages/lock/format',
  'release/format',
];
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
  return LAYERS.flatMap((modules, layer) =>
    modules.flatMap((module) => {
      const forbidden = LAYERS.slice(layer)
        .flat()
        .filter((name) => name !== module)
        .map((name) => ({
          regex: `^(\\.\\./)+${name}/`,
          message: `${module}/ is below or beside ${name}/: imports point downward only (ARCHITECTURE.md).`,
        }));
      const pure = PURE.filter((name) => name === module || name.startsWith(`${module}/`));
      return [
        restrictImports([`scripts/${module}/**/*.ts`], { patterns: forbidden }),
        ...pure.map((name) =>
          restrictImports([`scripts/${name}/**/*.ts`], {
            patterns: forbidden,
            paths: IMPURE_MODULES.map((impure) => ({
              name: impure,
              message: `${name}/ is pure: effects come in as arguments from host/.`,
            })),
          }),
        ),
      ];
    }),
  );
}

function restrictImports(files, options) {
  return { files, rules: { '@typescript-eslint/no-restricted-imports': ['error', options] } };
}

/** Words of our own for what the field has words for: nobody could search for them. */
const PRIVATE_WORDS = [
  'deed',
  'Deed',
  'deeds',
  'act',
  'Act',
  'acts',
  'cast',
  'Cast',
  'actor',
  'seat',
  'Seat',
  'seats',
  'sighting',
  'Sighting',
  'sightings',
  'comer',
  'comers',
  'shelf',
  'shelves',
  'mentions',
  'universe',
  'Universe',
  'fate',
  'fates',
  'entrance',
  'Entrance',
  'entrances',
  'Voice',
  'strangers',
  'goodbye',
  'goodbyes',
  'wish',
  'Wish',
  'wishes',
  'quicken',
  'lookOn',
  'patience',
  'patienceMs',
  'keepPowerBook',
  'rack',
  'racks',
  'Stamp',
  'stampIso',
  'supply',
  'Supply',
  'Column',
  'CommonGround',
  'sift',
  'Mastership',
  'mastership',
  'tenure',
  'Tenure',
  'scene',
];

/**
 * Where packages and sandboxes write, a path may be a trap: the engines open what lies below a root by `host/below/`. The
 * files named here work in folders that no package and no sandbox writes to, or on open descriptors.
 */
const UNTRUSTED_ROOTS = ['root', 'native', 'mkimage'].map(
  (engine) => `scripts/image/${engine}/**/*.ts`,
);
const OWN_FOLDERS = [
  // What the user names, and our own work folders.
  'scripts/image/native/engine.ts',
  'scripts/image/mkimage/aports/aports.ts',
  // Entries of a folder that `FolderBelow` holds open.
  'scripts/image/root/install-packages.ts',
  // Scripts, inputs and results in fresh folders beside the root.
  'scripts/image/root/run-scripts.ts',
  'scripts/image/native/base/work-root.ts',
  // The medium's tree, and files that were taken out of a sandbox before.
  'scripts/image/native/base/{bootloaders,build-base,initramfs}.ts',
  'scripts/image/native/{repository,write-node-iso}.ts',
  // A private folder before mkimage runs; what the user names; the host's system; our templates.
  'scripts/image/mkimage/{build-images,run-folder,eject-folder}.ts',
  'scripts/image/mkimage/builder/builder-root.ts',
  'scripts/image/mkimage/aports/{aports-scripts,archive-commit}.ts',
  'scripts/image/mkimage/builder/{host-system,host-tools}.ts',
  'scripts/image/mkimage/templates.ts',
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
      'id-denylist': ['error', ...PRIVATE_WORDS],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Only the entry sets the exit code.' },
      ],
    },
  },
  ...layering(),
  {
    files: ['scripts/**/*.ts'],
    // Commands throw in their actions, what their workflows say.
    ignores: ['scripts/tasks/**', 'scripts/cli/commands/**'],
    plugins: { vipiso: { rules: { 'documented-throws': documentedThrows } } },
    rules: { 'vipiso/documented-throws': 'error' },
  },
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
