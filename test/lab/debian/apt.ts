import { access, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../../scripts/core/errors.ts';
import { writeFileAtomic } from '../../../scripts/host/fs/atomic-file.ts';
import type { Host } from '../../../scripts/host/host.ts';
import { runTool } from '../../../scripts/host/process/run.ts';
import { findTool } from '../../../scripts/host/tools/find-tool.ts';
import { mirrorIn } from './mirror.ts';

/** Debian's keys, from the package debian-archive-keyring: those of Debian 12 also sign its newer suites. */
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const OS_RELEASE = '/etc/os-release';
const TOOLS = ['apt-get', 'dpkg-deb'];

/** The host's apt with sources, lists and caches of our own: neither root nor a change to the system is needed. */
export class Apt {
  readonly #host: Host;
  readonly #folder: string;
  readonly #suites: readonly string[];

  /**
   * @param folder absolute, for lists and caches; kept, it makes the next run faster
   * @param suites of Debian, such as `sid`
   */
  constructor(host: Host, folder: string, suites: readonly string[]) {
    this.#host = host;
    this.#folder = folder;
    this.#suites = suites;
  }

  /**
   * Writes down the sources; nothing is fetched yet.
   *
   * @throws VipisoError `tool-missing` where there is no apt or no keyring, `not-found` without a mirror
   */
  async prepare(): Promise<void> {
    await requireApt(this.#host);
    for (const folder of ['lists/partial', 'cache/archives/partial'])
      await mkdir(path.join(this.#folder, folder), { recursive: true });
    await writeFileAtomic(this.#sourceFile, sourcesOf(await this.#mirror(), this.#suites));
  }

  /** Fetches the lists of all suites, each verified by Debian's keys. Without a network those of the last run do. */
  async update(): Promise<void> {
    const { report } = this.#host;
    try {
      await this.#run(['-qq', 'update']);
    } catch (error) {
      if (!(error instanceof VipisoError) || error.code !== 'tool-failed') throw error;
      const text = `apt could not renew all its lists: ${[error.message, ...error.details].join('\n')}`;
      report({ type: 'note', level: 'warning', text });
    }
  }

  /** The verified lists that are there, by suite: a file in the form of Debian's `Packages`. */
  async lists(): Promise<ReadonlyMap<string, string>> {
    const format = ['indextargets', '--format', '$(RELEASE) $(FILENAME)', 'Created-By: Packages'];
    const files = new Map<string, string>();
    for (const line of (await this.#run(format)).split('\n')) {
      const [, suite, file] = /^(\S+) (.+)$/.exec(line) ?? [];
      if (suite !== undefined && file !== undefined && (await isThere(file)))
        files.set(suite, file);
    }
    return files;
  }

  /** Downloads packages, each `name=version`, into a folder. apt holds them against the verified lists. */
  async download(packages: readonly string[], folder: string): Promise<void> {
    await this.#run(['-qq', 'download', ...packages], folder);
  }

  get #sourceFile(): string {
    return path.join(this.#folder, 'debian.sources');
  }

  /** Of the host's own sources: nothing else says where Debian lies for this machine. */
  async #mirror(): Promise<string> {
    const { stdout } = await runTool(this.#host, {
      tool: 'apt-get',
      args: [...flags(this.#stateOptions), 'update', '--print-uris'],
      env: this.#proxies,
    });
    const osRelease = await readFile(OS_RELEASE, 'utf8').catch(() => '');
    return mirrorIn(stdout, /^VERSION_CODENAME=(\S+)$/m.exec(osRelease)?.[1]);
  }

  get #stateOptions(): Readonly<Record<string, string>> {
    return {
      'Dir::State::lists': path.join(this.#folder, 'lists'),
      'Dir::Cache': path.join(this.#folder, 'cache'),
    };
  }

  /** Of the environment proxies alone. */
  get #proxies(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(this.#host.env).filter(
        (it): it is [string, string] => /^(https?|no)_proxy$/i.test(it[0]) && it[1] !== undefined,
      ),
    );
  }

  async #run(args: readonly string[], cwd?: string): Promise<string> {
    const options = {
      ...this.#stateOptions,
      'Dir::Etc::SourceList': this.#sourceFile,
      'Dir::Etc::SourceParts': '/dev/null',
      'Dir::Etc::Preferences': '/dev/null',
      'Dir::Etc::PreferencesParts': '/dev/null',
      'Dir::State::status': '/dev/null',
      // The lists are read as they are.
      'Acquire::GzipIndexes': 'false',
      'Acquire::Languages': 'none',
      'Acquire::Retries': '3',
      'APT::Sandbox::User': '',
      // Hooks of the host tend the host's own lists.
      'APT::Update::Post-Invoke': '',
      'APT::Update::Post-Invoke-Success': '',
    };
    const { stdout } = await runTool(this.#host, {
      tool: 'apt-get',
      args: [...flags(options), ...args],
      cwd,
      env: this.#proxies,
      timeoutMs: 600_000,
    });
    return stdout;
  }
}

async function requireApt(host: Host): Promise<void> {
  const missing = TOOLS.filter((tool) => findTool(host, tool) === undefined);
  if (!(await isThere(KEYRING))) missing.push(KEYRING);
  if (missing.length === 0) return;
  throw new VipisoError(
    'tool-missing',
    `The lab is made from Debian's packages, by apt and Debian's keys: ${missing.join(', ')} not found.`,
    { hint: 'Run it on Debian 12 or newer, or name a repository of Alpine packages instead.' },
  );
}

function sourcesOf(mirror: string, suites: readonly string[]): string {
  return [
    'Types: deb',
    `URIs: ${mirror}`,
    `Suites: ${suites.join(' ')}`,
    'Components: main',
    'Architectures: amd64',
    `Signed-By: ${KEYRING}`,
    '',
  ].join('\n');
}

function flags(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    // Whoever asks says what is missing.
    return false;
  }
}
