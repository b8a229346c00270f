import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where everything of the node is: one machine has one node, so names and folders are fixed. Nothing listens in, routes
 * to or filters the machine's own network.
 *
 *     skyports-client  172.30.0.1   "somebody's laptop": reaches the node and the load balancers' addresses
 *     skyports-node    172.30.0.2   the one Kubernetes node; its Pods are behind its bridge
 */
export const namespaces = { client: 'skyports-client', node: 'skyports-node' } as const;
export const addresses = { client: '172.30.0.1', node: '172.30.0.2' } as const;
export const nodeName = 'node1';
export const networks = { node: '172.30.0.0/24', pods: '10.244.0.0/24', services: '10.96.0.0/16' } as const;
/** What MetalLB hands out, and announces on the node's network. */
export const loadBalancerPool = { from: '172.30.0.100', to: '172.30.0.119' } as const;

/** The node's files; it is not removed while the node is up. */
export const folder = '/run/kubectl-skyports-node';

export const files = {
  log: (name: string) => join(folder, 'log', `${name}.log`),
  pid: (name: string) => join(folder, 'pid', name),
  kubeconfig: (user: string) => join(folder, 'kubeconfig', user),
  /** PEM files. */
  secret: (name: string) => join(folder, 'pki', name),
  containerd: join(folder, 'containerd.sock'),
} as const;

/** Written last: the node is up. */
export const readyFile = join(folder, 'ready');

/** Whether a node is up on this machine. */
export function isUp(): boolean {
  return existsSync(readyFile);
}

/** The id of a process of the node; undefined when it was not started. */
export function pidOf(name: string): number | undefined {
  const file = files.pid(name);
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}
