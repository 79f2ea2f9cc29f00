import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ApiServerAddress } from '../api-server.ts';
import type { Identity } from '../certificate.ts';
import type { ClientIdentity } from '../client.ts';
import type { Processes } from '../processes.ts';
import { ApiClient } from './api-client.ts';
import { apiServerArguments, etcdArguments } from './command-lines.ts';
import type { ControlPlaneFiles } from './command-lines.ts';
import { ServerProcess } from './server-process.ts';

/** Programs and folders of a run, absolute paths. */
export interface ControlPlanePrograms {
  readonly etcd: string;
  readonly apiServer: string;
  /** Keys and data; of this run alone. */
  readonly folder: string;
  /** Where the programs' output goes. */
  readonly logs: string;
}

const OWNER_ONLY = { mode: 0o600 };

/** etcd and the API servers of a run, and the credential of its clients. */
export interface ControlPlane {
  readonly servers: readonly ServerProcess[];
  readonly client: ApiClient;
  readonly token: string;
}

/** Writes keys and a token for this run alone, starts etcd and all API servers, and waits until they are ready. */
export async function startControlPlane(
  programs: ControlPlanePrograms,
  about: {
    readonly servers: readonly ApiServerAddress[];
    readonly identity: Identity;
    readonly clientIdentity: ClientIdentity;
    readonly processes: Processes;
    readonly setPresence: (address: string, present: boolean) => Promise<void>;
  },
): Promise<ControlPlane> {
  const { processes, clientIdentity, setPresence } = about;
  const token = randomBytes(24).toString('hex');
  const files = await writeFiles(programs.folder, about.identity, token);
  await mkdir(programs.logs, { recursive: true });
  const logOf = (name: string): string => path.join(programs.logs, `${name}.log`);
  await processes.start([programs.etcd, ...etcdArguments(files)], logOf('etcd'));
  const client = new ApiClient(clientIdentity, token);
  const servers = about.servers.map(
    (server) =>
      new ServerProcess(
        server,
        {
          argv: [programs.apiServer, ...apiServerArguments(files, server)],
          log: logOf(`kube-apiserver-${server.name}`),
        },
        { processes, client, setPresence: (present) => setPresence(server.address, present) },
      ),
  );
  await Promise.all(servers.map((server) => server.setMode('serving')));
  return { servers, client, token };
}

async function writeFiles(
  folder: string,
  { key, certificate }: Identity,
  token: string,
): Promise<ControlPlaneFiles> {
  const inFolder = (name: string): string => path.join(folder, name);
  const files: ControlPlaneFiles = {
    certificate: inFolder('server.crt'),
    key: inFolder('server.key'),
    accountsKey: inFolder('accounts.key'),
    accountsPublicKey: inFolder('accounts.pub'),
    tokens: inFolder('tokens.csv'),
    data: inFolder('data'),
  };
  const accounts = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await mkdir(files.data, { recursive: true, mode: 0o700 });
  await writeFile(files.certificate, certificate);
  await writeFile(files.key, key, OWNER_ONLY);
  await writeFile(
    files.accountsKey,
    accounts.privateKey.export({ type: 'pkcs1', format: 'pem' }),
    OWNER_ONLY,
  );
  await writeFile(
    files.accountsPublicKey,
    accounts.publicKey.export({ type: 'spki', format: 'pem' }),
  );
  await writeFile(files.tokens, `${token},prover,prover,"system:masters"\n`, OWNER_ONLY);
  return files;
}
