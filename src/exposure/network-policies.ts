import type { Pod } from 'kubernetes-types/core/v1';
import type { NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer } from 'kubernetes-types/networking/v1';
import { labelSelectorTakes } from '../snapshot/selector.ts';

/** A Pod that may call the port, with the fields that a rule can select by. */
export interface Caller {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Who can call a port of a Pod, according to the NetworkPolicies of its namespace. */
export type Admission =
  /** No policy selects the Pod, or a rule allows every caller to use the port. */
  | { readonly admits: 'everybody' }
  /** A rule names address ranges. The API does not show who has these addresses. */
  | { readonly admits: 'some addresses'; readonly policies: readonly NetworkPolicy[] }
  /** Only Pods that match the selectors of the rules can call. */
  | { readonly admits: 'some Pods'; readonly policies: readonly NetworkPolicy[]; admitsPod(caller: Caller): boolean }
  | { readonly admits: 'nobody'; readonly policies: readonly NetworkPolicy[] };

/**
 * The callers that may use a TCP port of a Pod (networking.k8s.io/v1). One policy that allows a caller is enough. If no
 * policy selects the Pod for ingress, it accepts all callers. A rule without peers applies to all callers. A rule
 * without ports applies to all ports. The API does not show whether the network enforces policies.
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

/**
 * Whether a peer of a rule allows a caller. Every namespace has a label with its own name. Its other labels are not
 * known here, so they count as matching.
 */
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
