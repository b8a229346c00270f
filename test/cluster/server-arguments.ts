import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ClusterFiles } from './cluster-files.ts';

/** Ports of 127.0.0.1. */
export interface Ports {
  readonly etcd: number;
  readonly etcdPeers: number;
  readonly apiserver: number;
  readonly controllerManager: number;
}

/** etcd with one member, which forgets everything when the machine fails: its data are thrown away anyway. */
export function etcdArguments(ports: Ports, dataFolder: string): string[] {
  const clients = `http://127.0.0.1:${ports.etcd}`;
  const peers = `http://127.0.0.1:${ports.etcdPeers}`;
  return [
    `--data-dir=${dataFolder}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
  ];
}

/** kube-apiserver with RBAC, service account tokens on request, and an audit log that is complete when a request is answered. */
export function apiserverArguments(ports: Ports, files: ClusterFiles): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    // Should another cluster's etcd have got hold of our port, we must not write among its objects.
    `--etcd-prefix=/registry-${randomBytes(8).toString('hex')}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    // 1.37 refuses 127.0.0.1 as the address of the Service `kubernetes`; without the reconciler nobody asks for one.
    '--endpoint-reconciler-type=none',
    `--secure-port=${ports.apiserver}`,
    `--cert-dir=${files.folder}`,
    `--tls-cert-file=${files.serverCertificate}`,
    `--tls-private-key-file=${files.serverKey}`,
    `--client-ca-file=${files.authorityCertificate}`,
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=RBAC',
    // The usual minute is too short for a machine that is very slow: then the server answers 504.
    '--request-timeout=10m',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${files.serviceAccountKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    // Pods need no service account then; nobody runs the controller that makes the default one.
    '--disable-admission-plugins=ServiceAccount',
    '--profiling=false',
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${files.auditLog}`,
    '--audit-log-mode=blocking',
    // In MiB; rotation would lose lines that a test still wants to count.
    '--audit-log-maxsize=10000',
  ];
}

/** kube-controller-manager with the controllers that tests rely on: garbage collection, EndpointSlices, namespaces. */
export function controllerManagerArguments(ports: Ports, kubeconfig: string, folder: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.controllerManager}`,
    `--cert-dir=${join(folder, 'controller-manager')}`,
    '--controllers=garbage-collector-controller,endpointslice-controller,namespace-controller',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--profiling=false',
  ];
}
