import { joinHostPort } from '../../../cluster/values/address.ts';
import type { ApiServerAddress } from '../api-server.ts';

/** Files of one run, absolute paths. */
export interface ControlPlaneFiles {
  readonly certificate: string;
  readonly key: string;
  /** Of the service accounts' tokens. */
  readonly accountsKey: string;
  readonly accountsPublicKey: string;
  /** Lines of `token,user,uid,"groups"` (kube-apiserver --token-auth-file). */
  readonly tokens: string;
  /** For what the programs themselves write. */
  readonly data: string;
}

/** Where etcd listens inside the namespace, for nobody outside. */
const ETCD_CLIENTS = 'http://127.0.0.1:2379';
const ETCD_PEERS = 'http://127.0.0.1:2380';
const SERVICES = { 4: '10.96.0.0/16', 6: 'fd00:96::/112' } as const;

/** etcd's options of 3.4 and later: one member. */
export function etcdArguments({ data }: ControlPlaneFiles): readonly string[] {
  return [
    `--data-dir=${data}/etcd`,
    `--listen-client-urls=${ETCD_CLIENTS}`,
    `--advertise-client-urls=${ETCD_CLIENTS}`,
    `--listen-peer-urls=${ETCD_PEERS}`,
    `--initial-advertise-peer-urls=${ETCD_PEERS}`,
    `--initial-cluster=default=${ETCD_PEERS}`,
  ];
}

/**
 * kube-apiserver's options that every version since 1.20 takes. Anonymous requests stay allowed, as they are by default:
 * `/readyz` answers 200 to checks without a credential.
 */
export function apiServerArguments(
  files: ControlPlaneFiles,
  { name, address, port }: ApiServerAddress,
): readonly string[] {
  return [
    `--etcd-servers=${ETCD_CLIENTS}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${port}`,
    `--tls-cert-file=${files.certificate}`,
    `--tls-private-key-file=${files.key}`,
    `--cert-dir=${files.data}/${name}`,
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=RBAC',
    `--service-account-issuer=https://${joinHostPort(address, port)}`,
    `--service-account-signing-key-file=${files.accountsKey}`,
    `--service-account-key-file=${files.accountsPublicKey}`,
    `--service-cluster-ip-range=${SERVICES[address.includes(':') ? 6 : 4]}`,
    // Pods are made here without the controller that makes accounts for them.
    '--disable-admission-plugins=ServiceAccount',
    `--kubelet-certificate-authority=${files.certificate}`,
    `--kubelet-client-certificate=${files.certificate}`,
    `--kubelet-client-key=${files.key}`,
  ];
}
