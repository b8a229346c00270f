import type { Pod } from 'kubernetes-types/core/v1';
import type { NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer } from 'kubernetes-types/networking/v1';
import { labelSelectorTakes } from '../snapshot/selector.ts';

/** A Pod that may want in, as peers select it. */
export interface Caller {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Who may call a port of a Pod, by the NetworkPolicies of its namespace. */
export type Admission =
  /** No policy takes the Pod in, or a rule lets everybody to the port. */
  | { readonly admits: 'everybody' }
  /** Some, by their addresses: who they are cannot be told from here. */
  | { readonly admits: 'some addresses'; readonly policies: readonly NetworkPolicy[] }
  /** Only Pods that the rules' selectors take. */
  | { readonly admits: 'some Pods'; readonly policies: readonly NetworkPolicy[]; admitsPod(caller: Caller): boolean }
  | { readonly admits: 'nobody'; readonly policies: readonly NetworkPolicy[] };

/**
 * What the policies say of a TCP port (networking.k8s.io/v1): policies add up, a Pod that none selects for ingress is open, and
 * a rule without peers or without ports means all of them. Whether the network enforces policies at all is not told by the API.
 */
export function admissionTo(policies: readonly NetworkPolicy[], pod: Pod, port: number): Admission {
  const own = policies.filter(
    ({ metadata, spec }) =>
      metadata?.namespace === pod.metadata?.namespace &&
      (spec?.policyTypes?.includes('Ingress') ?? true) &&
      labelSelectorTakes(spec?.podSelector, pod.metadata?.labels ?? {}),
  );
  if (own.length === 0) return { admits: 'everybody' };
  const rules = own.flatMap(({ spec }) => spec?.ingress ?? []).filter((rule) => isAbout(rule, pod, port));
  if (rules.some(({ from }) => !from || from.length === 0)) return { admits: 'everybody' };
  const peers = rules.flatMap(({ from }) => from ?? []);
  if (peers.some(({ ipBlock }) => ipBlock)) return { admits: 'some addresses', policies: own };
  if (peers.length === 0) return { admits: 'nobody', policies: own };
  const namespace = pod.metadata?.namespace ?? '';
  return {
    admits: 'some Pods',
    policies: own,
    admitsPod: (caller) => peers.some((peer) => lets(peer, caller, namespace)),
  };
}

function isAbout({ ports }: NetworkPolicyIngressRule, pod: Pod, port: number): boolean {
  if (!ports || ports.length === 0) return true;
  return ports.some(({ port: wanted, endPort, protocol = 'TCP' }) => {
    if (protocol !== 'TCP') return false;
    if (wanted === undefined) return true;
    if (typeof wanted === 'string') return numbersOf(pod, wanted).includes(port);
    return port >= wanted && port <= (endPort ?? wanted);
  });
}

function numbersOf(pod: Pod, name: string): number[] {
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.filter((each) => each.name === name).map(({ containerPort }) => containerPort);
}

/** A namespace's labels are not seen here, but for its name, which every namespace has as a label: others may match. */
function lets(
  { podSelector, namespaceSelector }: NetworkPolicyPeer,
  { namespace, labels }: Caller,
  own: string,
): boolean {
  const inNamespace = namespaceSelector
    ? labelSelectorTakes(namespaceSelector, { 'kubernetes.io/metadata.name': namespace }, 'kubernetes.io/metadata.name')
    : namespace === own;
  return inNamespace && (!podSelector || labelSelectorTakes(podSelector, labels));
}
