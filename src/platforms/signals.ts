import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import type { SignalKind } from './platform.ts';

/**
 * The distinct values of each signal. The function of a value returns the evidence: "node gpu-1 has providerID
 * aws:///…". The evidence names the first object with this value.
 */
export type Signs = ReadonlyMap<SignalKind, ReadonlyMap<string, () => string>>;

/** The label that identifies the Pods of load balancers. It is one of Kubernetes' recommended labels. */
const workloadLabel = 'app.kubernetes.io/name';

/** The values of this label. */
export const workloadsOfLoadBalancers: readonly string[] = [
  'aws-load-balancer-controller',
  'inlets-operator',
  'kube-vip',
  'kube-vip-ds',
  'metallb',
];

/**
 * Label selector for the Pods of load balancers. It includes load balancers that have no API group, or that can run
 * without their API group.
 */
export const loadBalancerWorkloads = `${workloadLabel} in (${workloadsOfLoadBalancers.join(',')})`;

/** The parts of a snapshot that `signalsIn` reads. If they are the same, the signals are the same. */
export function evidenceIn({ topics, context, server }: Snapshot): readonly unknown[] {
  const { nodes, serverVersion, apiGroups, services, ciliumPools, webhooks, loadBalancerPods, serviceLbPods } = topics;
  const lists = [nodes, serverVersion, apiGroups, services, ciliumPools, webhooks, loadBalancerPods, serviceLbPods];
  return [...lists, server, context];
}

/**
 * All evidence in a snapshot for platforms and load balancers. Each value is stored once, because most nodes of a large
 * cluster have the same values.
 */
export function signalsIn({ topics, context, server }: Snapshot): Signs {
  const signs = new Map<SignalKind, Map<string, () => string>>();
  const see = (signal: SignalKind, value: string | undefined, reason: (value: string) => string) => {
    if (!value) return;
    const values = signs.get(signal) ?? new Map<string, () => string>();
    signs.set(signal, values);
    if (!values.has(value)) values.set(value, () => reason(value));
  };
  const seePairs = (
    signal: SignalKind,
    fields: Readonly<Record<string, string>> | undefined,
    reason: (value: string) => string,
  ) => {
    for (const key in fields) see(signal, `${key}=${fields[key]}`, reason);
  };
  for (const { metadata, spec, status } of itemsOf(topics.nodes)) {
    const said = (verb: string) => (value: string) => `node ${metadata?.name} ${verb} ${value}`;
    see('providerID', spec?.providerID, said('has providerID'));
    seePairs('nodeLabel', metadata?.labels, said('has label'));
    seePairs('nodeAnnotation', metadata?.annotations, said('has annotation'));
    see('osImage', status?.nodeInfo?.osImage, said('runs'));
    // The versions of the kubelets have the same suffix as that of the API server, which may not have been requested.
    see('version', status?.nodeInfo?.kubeletVersion, said('runs kubelet'));
  }
  for (const { gitVersion } of itemsOf(topics.serverVersion)) {
    see('version', gitVersion, (value) => `the API server is version ${value}`);
  }
  for (const { name } of itemsOf(topics.apiGroups)) see('apiGroup', name, (value) => `the API server serves ${value}`);
  for (const { metadata, spec, status } of itemsOf(topics.services)) {
    // Load balancers write finalizers and annotations only on Services of type LoadBalancer.
    if (spec?.type !== 'LoadBalancer') continue;
    const said = (what: string) => (value: string) =>
      `Service ${metadata?.namespace}/${metadata?.name} has ${what} ${value}`;
    for (const finalizer of metadata?.finalizers ?? []) see('finalizer', finalizer, said('finalizer'));
    seePairs('serviceAnnotation', metadata?.annotations, said('annotation'));
    see('loadBalancerClass', spec.loadBalancerClass, said('loadBalancerClass'));
    for (const { type } of status?.conditions ?? []) see('condition', type, said('condition'));
  }
  for (const { metadata } of itemsOf(topics.ciliumPools)) {
    see('customResource', `CiliumLoadBalancerIPPool ${metadata?.name}`, (value) => `${value} exists`);
  }
  for (const { webhooks } of itemsOf(topics.webhooks)) {
    for (const { name } of webhooks ?? []) see('webhook', name, (value) => `webhook ${value} exists`);
  }
  for (const { metadata } of itemsOf(topics.loadBalancerPods)) {
    const said = (value: string) => `Pod ${metadata?.namespace}/${metadata?.name} is of ${value}`;
    see('workload', metadata?.labels?.[workloadLabel], said);
  }
  for (const { metadata } of itemsOf(topics.serviceLbPods)) {
    see('workload', metadata?.name, (value) => `Pod ${metadata?.namespace}/${value} is of ServiceLB`);
  }
  see('server', server, (value) => `the API server is ${value}`);
  see('context', context, (value) => `the context is ${value}`);
  return signs;
}
