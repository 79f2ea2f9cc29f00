import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeToolPackage } from '../../support/host/tool-package.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-pack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const version = (
  JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8')) as {
    version: string;
  }
).version;
const archive = path.join(folder, `vipiso-${version}.tgz`);
/** An account that has never run anything, without a network: npm must need nothing but the archive. */
const user = {
  cwd: path.join(folder, 'empty'),
  env: {
    PATH: process.env['PATH'],
    HOME: path.join(folder, 'home'),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  },
  encoding: 'utf8',
} as const;

function vipiso(...args: string[]): string {
  return execFileSync('npx', ['--yes', `../${path.basename(archive)}`, ...args], user);
}

beforeAll(() => {
  for (const name of ['empty', 'home']) mkdirSync(path.join(folder, name));
  const root = path.join(folder, 'checkout');
  makeToolPackage(root);
  const pack = ['pack', '--ignore-scripts', '--pack-destination', folder];
  execFileSync('npm', pack, { cwd: root, stdio: 'ignore' });
});

test('the npm package works by itself, from an empty folder of an account with nothing', () => {
  vipiso('init');
  expect(readdirSync(user.cwd).sort()).toEqual(['cluster.schema.json', 'cluster.yaml']);
  vipiso('render', '-o', 'rendered');
  const config = readFileSync(path.join(user.cwd, 'rendered/lb-1/etc/haproxy/haproxy.cfg'), 'utf8');
  expect(config).toContain('backend');
});

test('it holds the tool, its licences and its templates, and no part of the lab or the tests', () => {
  const names = execFileSync('tar', ['tzf', archive], { encoding: 'utf8' }).split('\n');
  const top = new Set(names.map((name) => name.split('/').slice(1, 3).join('/')));
  for (const part of ['out/tool', 'overlays/common', 'profiles/starter', 'LICENSE']) {
    expect(
      [...top].some((name) => name.startsWith(part)),
      part,
    ).toBe(true);
  }
  expect(
    names.filter((name) => /^package\/(scripts|test|node_modules|out\/(?!tool\/))/.test(name)),
  ).toEqual([]);
  const licences = execFileSync(
    'tar',
    ['xzOf', archive, 'package/out/tool/THIRD-PARTY-LICENSES.txt'],
    { encoding: 'utf8' },
  );
  for (const name of ['commander', 'handlebars', 'undici', 'yaml', 'zod']) {
    expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
  }
  expect(existsSync(path.join(folder, 'checkout/node_modules'))).toBe(false);
});
