import { stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { withBootedCluster } from '../boot/boot-cluster.ts';
import type { BootedCluster, NodeBoot } from '../boot/boot-cluster.ts';
import { attachTerminal, isInteractive } from '../boot/console/terminal.ts';
import type { Terminal } from '../boot/console/terminal.ts';
import { openForwards } from '../boot/forwards.ts';
import type { Forward } from '../boot/forwards.ts';
import { consoleLogOf } from '../boot/machine.ts';
import type { Machine } from '../boot/machine.ts';
import { requestedForwards, parseForward } from '../boot/requested-forwards.ts';
import type { ClusterModel, NodeModel } from '../cluster/model.ts';
import { joinHostPort } from '../cluster/values/address.ts';
import { VipisoError } from '../core/errors.ts';
import { withTempFolder } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';
import { loadCluster } from '../inputs/load-cluster.ts';

export interface InteractiveBoot {
  readonly clusterFile: string;
  /** Absolute path of the folder of the images. */
  readonly out: string;
  /** Boots this node alone. */
  readonly node: string | undefined;
  readonly as: NodeBoot['as'];
  readonly firmware: NodeBoot['firmware'];
  readonly memoryMib: number | undefined;
  /** `HOSTPORT:PORT` or `HOSTPORT:NODE:PORT`. */
  readonly forwards: readonly string[];
  readonly terminal: Terminal;
  /** Ends the display of progress: the terminal is the machine's from then on. */
  readonly print: (text: string) => void;
}

/** The first serial port, as the machines' kernels name it. */
const CONSOLE_DEVICE = 'ttyS0';

/**
 * Boots a cluster's images for a person: one node's console on the terminal, ports of this machine that lead into the
 * LAN, mock API servers. Returns when the user leaves or every machine is off; nothing runs on then.
 *
 * @throws VipisoError usage, cluster-invalid, not-found: an image is missing; already-exists: a port is taken;
 *   tool-missing, sandbox, image-wrong, interrupted
 */
export async function bootInteractively(host: Host, options: InteractiveBoot): Promise<void> {
  const { clusterFile } = options;
  const { cluster } = await loadCluster(host, clusterFile);
  const nodes = nodesOf(cluster, options.node);
  const { out } = options;
  const boots = new Map<string, NodeBoot>();
  for (const { hostname } of nodes) {
    const image = await findImage(host, hostname, options);
    boots.set(hostname, { image, as: options.as, firmware: options.firmware });
  }
  const rules = options.forwards.map((text) => parseForward(text, nodes));
  const logs = path.join(out, 'consoles');
  const { memoryMib } = options;
  await withTempFolder(host, os.tmpdir(), (folder) =>
    withBootedCluster(host, { cluster, boots, logs, memoryMib }, async (booted) => {
      const requests = requestedForwards(cluster, nodes, booted.lan.plan.frontends, rules);
      const forwards = await openForwards(booted.lan, folder, requests);
      try {
        const shown = { cluster, nodes, forwards, logs };
        options.print(describe(shown, options.terminal).join('\n'));
        await converse(host, booted, options.terminal);
      } finally {
        for (const { close } of forwards) close();
      }
    }),
  );
}

function nodesOf({ nodes }: ClusterModel, only: string | undefined): readonly NodeModel[] {
  if (only === undefined) return nodes;
  const found = nodes.filter(({ hostname }) => hostname === only);
  if (found.length > 0) return found;
  throw new VipisoError('usage', `the cluster file has no node ${only}`, {
    hint: `Its nodes are ${nodes.map(({ hostname }) => hostname).join(', ')}.`,
  });
}

async function findImage(
  { cwd }: Host,
  hostname: string,
  { clusterFile, out }: InteractiveBoot,
): Promise<string> {
  const file = path.join(out, `${hostname}.iso`);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() === true) return file;
  throw new VipisoError('not-found', `there is no image of ${hostname}: ${file}`, {
    hint: `Build the images first: vipiso build ${clusterFile} --out ${path.relative(cwd, out) || '.'}`,
  });
}

/** Shows the first machine's console until the user leaves or all machines are off. */
async function converse(host: Host, booted: BootedCluster, terminal: Terminal): Promise<void> {
  const machines: readonly Machine[] = [...booted.machines.values()];
  const [first] = machines;
  if (first === undefined) return;
  const { left, detach } = attachTerminal(first.console, terminal);
  try {
    const off = Promise.all(machines.map((machine) => machine.off));
    await Promise.race([left, off, aborted(host.signal)]);
  } finally {
    detach();
    terminal.output.write('\r\n');
  }
  if (host.signal.aborted) throw new VipisoError('interrupted', 'interrupted');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What the user must know before the console fills the screen. */
function describe(
  shown: {
    readonly cluster: ClusterModel;
    readonly nodes: readonly NodeModel[];
    readonly forwards: readonly Forward[];
    readonly logs: string;
  },
  terminal: Terminal,
): readonly string[] {
  const { cluster, nodes, forwards, logs } = shown;
  const silent = cluster.image.serialConsole?.device !== CONSOLE_DEVICE;
  return [
    'Switched on, on a LAN of their own with mock API servers:',
    ...nodes.map(({ hostname }, index) => {
      const place = index === 0 ? 'console below, and in' : 'console in';
      return `  ${hostname}: ${place} ${consoleLogOf(logs, hostname)}`;
    }),
    'From this machine:',
    ...forwards.map(({ how, port, to }) => {
      const target = joinHostPort(to.address, to.port);
      return `  127.0.0.1:${port} -> ${target}  ${how(port)}`;
    }),
    ...(silent
      ? [
          `The images have no console on ${CONSOLE_DEVICE} (image.serial_console): little will be seen.`,
        ]
      : []),
    isInteractive(terminal)
      ? 'Keys go to the machine, Ctrl-C too. Ctrl-] leaves and switches everything off.'
      : 'Ctrl-C switches everything off.',
    '',
  ];
}
