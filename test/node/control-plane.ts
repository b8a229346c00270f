import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { addresses, files, folder, networks, nodeName } from './layout.ts';
import { isFulfilled, onNode, run, startDaemon, stopDaemon, succeeds, untilNode } from './processes.ts';
import type { NodePrograms } from './programs.ts';

/** In the order in which they are ended. */
const daemons = ['kube-proxy', 'kube-scheduler', 'kube-controller-manager', 'kube-apiserver', 'etcd'] as const;

/** kubectl as the node's administrator, within the node's network. */
export function kubectl(programs: Pick<NodePrograms, 'kubectl'>, ...args: readonly string[]): Promise<string> {
  return run(onNode, programs.kubectl, '--kubeconfig', files.kubeconfig('admin'), ...args);
}

/** Starts etcd and the API server, and waits until it is ready. */
export async function startApiServer(programs: NodePrograms): Promise<void> {
  rmSync(join(folder, 'etcd'), { recursive: true, force: true });
  startDaemon(
    ...(['etcd', onNode, programs.etcd, '--data-dir', join(folder, 'etcd'), '--unsafe-no-fsync'] as const),
    ...[
      '--log-level=warn',
      '--listen-client-urls=http://127.0.0.1:2379',
      '--advertise-client-urls=http://127.0.0.1:2379',
    ],
    '--listen-peer-urls=http://127.0.0.1:2380',
  );
  launchApiServer(programs);
  await untilReady(programs);
}

/** Starts the API server alone, on the etcd that runs. */
export function launchApiServer(programs: NodePrograms): void {
  const secret = (flag: string, name: string) => `--${flag}=${files.secret(name)}`;
  startDaemon(
    ...(['kube-apiserver', onNode, programs['kube-apiserver'], '--etcd-servers=http://127.0.0.1:2379'] as const),
    ...[
      `--advertise-address=${addresses.node}`,
      '--secure-port=6443',
      `--service-cluster-ip-range=${networks.services}`,
    ],
    secret('tls-cert-file', 'apiserver.crt'),
    secret('tls-private-key-file', 'apiserver.key'),
    secret('client-ca-file', 'ca.crt'),
    secret('service-account-key-file', 'service-accounts.pub'),
    secret('service-account-signing-key-file', 'service-accounts.key'),
    '--service-account-issuer=https://kubernetes.default.svc',
    // The kubelet is reached for logs and exec by its address: no DNS knows its name.
    '--kubelet-preferred-address-types=InternalIP',
    secret('kubelet-client-certificate', 'admin.crt'),
    secret('kubelet-client-key', 'admin.key'),
    ...['--authorization-mode=Node,RBAC', '--allow-privileged=true', '--profiling=false'],
  );
}

/** Waits until the API server says that it is ready. */
export async function untilReady(programs: NodePrograms): Promise<void> {
  const ready = () => isFulfilled(kubectl(programs, 'get', '--raw', '/readyz'));
  await untilNode('the API server is ready', ready, { log: 'kube-apiserver' });
}

/** Starts controllers and scheduler, and waits for the first thing that a controller makes. */
export async function startControllers(programs: NodePrograms): Promise<void> {
  const common = (name: string) => [
    `--kubeconfig=${files.kubeconfig(name)}`,
    '--leader-elect=false',
    '--profiling=false',
  ];
  startDaemon(
    ...(['kube-controller-manager', onNode, programs['kube-controller-manager']] as const),
    ...common('kube-controller-manager'),
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${files.secret('service-accounts.key')}`,
    `--root-ca-file=${files.secret('ca.crt')}`,
  );
  startDaemon('kube-scheduler', onNode, programs['kube-scheduler'], ...common('kube-scheduler'));
  const made = () => isFulfilled(kubectl(programs, 'get', 'serviceaccount', 'default'));
  await untilNode('the controllers work', made, { log: 'kube-controller-manager' });
}

/** Starts kube-proxy, and waits until it has written its first rules. */
export async function startProxy(programs: NodePrograms): Promise<void> {
  startDaemon(
    ...(['kube-proxy', onNode, programs['kube-proxy'], `--kubeconfig=${files.kubeconfig('kube-proxy')}`] as const),
    ...[
      `--hostname-override=${nodeName}`,
      '--proxy-mode=iptables',
      '--iptables-min-sync-period=0s',
      `--cluster-cidr=${networks.pods}`,
    ],
    // It may not change the kernel's table of connections here, and need not.
    ...['--conntrack-max-per-core=0', '--conntrack-min=0'],
    ...['--conntrack-tcp-timeout-established=0', '--conntrack-tcp-timeout-close-wait=0'],
  );
  const healthy = () => succeeds(onNode, 'curl', '-fs', 'http://127.0.0.1:10256/healthz');
  await untilNode('kube-proxy is healthy', healthy, { log: 'kube-proxy' });
}

/** Ends all of it. */
export async function stopControlPlane(): Promise<void> {
  for (const name of daemons) await stopDaemon(name);
}
