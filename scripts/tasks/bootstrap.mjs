// Runs before everything else, on a clone where nothing was installed yet: plain Node, no dependencies.
//   node scripts/tasks/bootstrap.mjs            dependencies and the built tool
//   node scripts/tasks/bootstrap.mjs --system   the same, and the system packages that builds and tests need
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MINIMUM_NODE = [20, 18, 1];
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

requireNode();
installDependencies();
build();
if (process.argv.includes('--system')) run('npx', ['tsx', 'scripts/tasks/setup.ts']);

function requireNode() {
  const have = process.versions.node.split('.').map(Number);
  const difference =
    MINIMUM_NODE.map((part, i) => have[i] - part).find((delta) => delta !== 0) ?? 0;
  if (difference >= 0) return;
  console.error(
    `vipiso needs Node ${MINIMUM_NODE.join('.')} or newer; this is ${process.versions.node}.`,
  );
  process.exit(5);
}

/** `npm ci`, unless the installed tree came from this very package-lock.json. */
function installDependencies() {
  const stamp = path.join(root, 'node_modules', '.vipiso-lock-digest');
  const digest = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.log('Installing the Node dependencies (npm ci) ...');
  run('npm', ['ci', '--ignore-scripts', '--no-progress', '--loglevel=error']);
  writeFileSync(stamp, digest);
}

/** Bundles the tool when a source or a dependency is newer than the bundle. */
function build() {
  const entry = path.join(root, 'out', 'tool', 'vipiso.js');
  const inputs = [path.join(root, 'package-lock.json'), ...sources(path.join(root, 'scripts'))];
  const newest = Math.max(...inputs.map((file) => statSync(file).mtimeMs));
  if (existsSync(entry) && statSync(entry).mtimeMs > newest) return;
  run('npx', ['tsx', 'scripts/tasks/build.ts']);
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
