import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../host.ts';
import { searchPath } from './tool-environment.ts';
import { packagesOf } from './tool-packages.ts';
import type { HostTool } from './tool-packages.ts';

/** The absolute path that starting `tool` would use; undefined when the host has no such program. */
export function findTool(host: Host, tool: string): string | undefined {
  if (tool.includes('/')) {
    const file = path.resolve(host.cwd, tool);
    return isExecutableFile(file) ? file : undefined;
  }
  return searchPath(host)
    .map((folder) => path.join(folder, tool))
    .find(isExecutableFile);
}

/**
 * Makes sure that every named program can be started.
 * @throws VipisoError tool-missing: all that are missing at once, and how to install them
 */
export function requireTools(host: Host, tools: readonly string[]): void {
  const missing = tools.filter((tool) => findTool(host, tool) === undefined);
  if (missing.length > 0) throw toolsMissing(missing);
}

function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Missing or not ours to start: either way the search goes on in the next folder.
    return false;
  }
}

/** The error for programs that the host lacks, with one install command per family of distributions. */
export function toolsMissing(missing: readonly string[]): VipisoError {
  const commands = [
    installCommand('Debian, Ubuntu', 'apt-get install', missing, (it) => it.debian),
    installCommand('Fedora', 'dnf install', missing, (it) => it.fedora),
    installCommand('Alpine', 'apk add', missing, (it) => it.alpine),
  ].filter((command) => command !== undefined);
  const subject =
    missing.length === 1 ? 'a program that is needed is' : 'programs that are needed are';
  return new VipisoError('tool-missing', `${subject} not installed: ${missing.join(', ')}`, {
    hint:
      commands[0] === undefined
        ? 'Install it and try again.'
        : 'Run, as root, the line for your system:',
    details: commands,
  });
}

function installCommand(
  system: string,
  command: string,
  tools: readonly string[],
  packageOf: (packages: HostTool) => string,
): string | undefined {
  const names = tools
    .map(packagesOf)
    .filter((it) => it !== undefined)
    .map(packageOf);
  if (names.length === 0) return undefined;
  return `${`${system}:`.padEnd(16)} ${command} ${[...new Set(names)].sort().join(' ')}`;
}
