import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import type { Sign } from './platform.ts';

/** A value of the cluster that may tell where it runs, and how to say it. */
export interface SignSeen {
  readonly sign: Sign;
  readonly value: string;
  /** "node gpu-1 has providerID aws:///…": what a detection rests on. */
  readonly because: () => string;
}

/** Label by which workloads of load balancers are found (Kubernetes' recommended labels). */
export const workloadLabel = 'app.kubernetes.io/name';

/** Selects the Pods of what gives Services addresses and has no API group of its own, or need not have it. */
export const loadBalancerWorkloads = `${workloadLabel} in (aws-load-balancer-controller,inlets-operator,kube-vip,kube-vip-ds,metallb)`;

/** Everything in a snapshot that may tell where it was taken. */
export function signsIn({ topics, context, server }: Snapshot): SignSeen[] {
  const pairs = (fields: Readonly<Record<string, string>> | undefined) =>
    Object.entries(fields ?? {}).map(([key, value]) => `${key}=${value}`);
  const seen = (sign: Sign, values: readonly (string | undefined)[], because: (value: string) => string) =>
    values.flatMap((value) => (value ? [{ sign, value, because: () => because(value) }] : []));
  return [
    ...itemsOf(topics.nodes).flatMap(({ metadata, spec, status }) => {
      const node = `node ${metadata?.name}`;
      return [
        ...seen('providerID', [spec?.providerID], (value) => `${node} has providerID ${value}`),
        ...seen('nodeLabel', pairs(metadata?.labels), (value) => `${node} has label ${value}`),
        ...seen('nodeAnnotation', pairs(metadata?.annotations), (value) => `${node} has annotation ${value}`),
        ...seen('osImage', [status?.nodeInfo?.osImage], (value) => `${node} runs ${value}`),
      ];
    }),
    ...seen(
      'version',
      itemsOf(topics.serverVersion).map(({ gitVersion }) => gitVersion),
      (value) => `the API server is version ${value}`,
    ),
    ...seen(
      'apiGroup',
      itemsOf(topics.apiGroups).map(({ name }) => name),
      (value) => `the API server serves ${value}`,
    ),
    ...itemsOf(topics.services).flatMap(({ metadata, spec }) => {
      const service = `Service ${metadata?.namespace}/${metadata?.name}`;
      return [
        ...seen('finalizer', metadata?.finalizers ?? [], (value) => `${service} has finalizer ${value}`),
        ...seen('serviceAnnotation', pairs(metadata?.annotations), (value) => `${service} has annotation ${value}`),
        ...seen('loadBalancerClass', [spec?.loadBalancerClass], (value) => `${service} has loadBalancerClass ${value}`),
      ];
    }),
    ...itemsOf(topics.webhooks).flatMap(({ webhooks }) =>
      seen(
        'webhook',
        (webhooks ?? []).map(({ name }) => name),
        (value) => `webhook ${value} is there`,
      ),
    ),
    ...itemsOf(topics.loadBalancerPods).flatMap(({ metadata }) =>
      seen(
        'workload',
        [metadata?.labels?.[workloadLabel]],
        (value) => `Pod ${metadata?.namespace}/${metadata?.name} is of ${value}`,
      ),
    ),
    ...seen('server', [server], (value) => `the API server is ${value}`),
    ...seen('context', [context], (value) => `the context is ${value}`),
  ];
}
