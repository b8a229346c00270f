import type { Pod, Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { isReady, troubleOf } from '../../exposure/pod-trouble.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { concernsLoadBalancer } from '../../platforms/bystanders.ts';
import { servedByTailscalePod, tailscale } from '../../platforms/load-balancers/tailscale.ts';
import { serviceOfServiceLbPod } from '../../platforms/service-lb.ts';
import { keyOf, type ObjectReference, type WithMetadata } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { conditionsSaid, type Heard, type Said, saidAbout, saidWhere } from './said.ts';

/**
 * The labels of a TargetGroupBinding that name its Service or Ingress (AWS Load Balancer Controller,
 * pkg/deploy/tracking).
 */
const stackLabels = {
  Service: ['service.k8s.aws/stack', 'service.eks.amazonaws.com/stack'],
  Ingress: ['ingress.k8s.aws/stack', 'ingress.eks.amazonaws.com/stack'],
} as const;

type View = Pick<SnapshotIndex, 'snapshot' | 'slices' | 'shared'>;

/**
 * The reports about the objects that serve a Service: the Pods and the DaemonSet of ServiceLB, the Pods of
 * Tailscale's operator, the target groups of AWS, the EndpointSlices of the Service, and its owners.
 */
export function saidOfDependants(service: Service, view: View, heard: Heard): Said[] {
  const { topics } = view.snapshot;
  const pods = new Set(podsServing(service, view).map(keyOf));
  const slices = new Set((view.slices.get(keyOf(service)) ?? []).map(keyOf));
  const owners = service.metadata?.ownerReferences ?? [];
  const { namespace = '', name = '' } = service.metadata ?? {};
  const isBound = bindingRule('Service', service, view);
  return [
    ...conditionsOfBindings('Service', service, topics),
    ...saidWhere(heard, (about) => {
      if (about.kind === 'Pod') return pods.has(`${about.namespace}/${about.name}`);
      if (about.kind === 'DaemonSet') return isDaemonSetOf(about, service);
      if (about.kind === 'StatefulSet' && isTailscaleSetOf(about, service)) return true;
      if (about.kind === 'TargetGroupBinding') return isBound(about);
      if (about.namespace !== namespace) return false;
      if (about.kind === 'EndpointSlice') return slices.has(`${about.namespace}/${about.name}`);
      if (about.kind === 'Endpoints') return about.name === name;
      return owners.some((owner) => owner.kind === about.kind && owner.name === about.name);
    }),
  ];
}

/** The reports that may concern the load balancer of a Service: about the Service, and about the objects that serve it. */
export function saidOfLoadBalancer(service: Service, view: View, heard: Heard): Said[] {
  return [...saidAbout('Service', service, heard), ...saidOfDependants(service, view, heard)].filter(
    concernsLoadBalancer,
  );
}

/** The reports about an Ingress, about its owners, and about the target groups of AWS behind it. */
export function saidOfIngress(ingress: Ingress, view: View, heard: Heard): Said[] {
  return [...saidAbout('Ingress', ingress, heard), ...saidAroundIngress(ingress, view, heard)];
}

/**
 * The text of a report in a sentence about the object `main`. If the report is about another object, the text begins
 * with the name of this other object.
 */
export function wordsBeside({ object: { kind, namespace, name }, words }: Said, main: ObjectReference): string {
  const isMain = kind === main.kind && namespace === main.namespace && name === main.name;
  return isMain ? words : `${kind} ${namespace}/${name}: ${words}`;
}

function saidAroundIngress(ingress: WithMetadata, view: View, heard: Heard): Said[] {
  const isBound = bindingRule('Ingress', ingress, view);
  const { namespace = '', ownerReferences = [] } = ingress.metadata ?? {};
  return [
    ...conditionsOfBindings('Ingress', ingress, view.snapshot.topics),
    ...saidWhere(heard, (about) => {
      if (about.kind === 'TargetGroupBinding') return isBound(about);
      if (about.namespace !== namespace) return false;
      return ownerReferences.some((owner) => owner.kind === about.kind && owner.name === about.name);
    }),
  ];
}

function conditionsOfBindings(
  kind: keyof typeof stackLabels,
  object: WithMetadata,
  { targetGroupBindings }: View['snapshot']['topics'],
): Said[] {
  const bindings = itemsOf(targetGroupBindings).filter((each) => isStackOf(each, kind, object));
  return bindings.flatMap((each) => conditionsSaid('TargetGroupBinding', each));
}

/**
 * The Tailscale Pods of a Service that are not ready, each with one condition that says why: PodScheduled if the Pod was
 * not scheduled, otherwise Ready. The Pods of ServiceLB are left out, because `serviceLbAnnouncement`
 * judges them.
 */
export function conditionsOfPodsServing(service: Service, view: View): Said[] {
  const pods = podsServing(service, view).filter((pod) => servedByTailscalePod(pod) !== undefined);
  return pods.flatMap((pod) => {
    const [scheduled, ...others] = ['PodScheduled', 'Ready'].map((type) =>
      conditionsSaid('Pod', pod, (each) => each.type === type),
    );
    return scheduled!.length > 0 ? scheduled! : others.flat();
  });
}

/** The Pods that a load balancer runs to serve this Service. */
export function podsServing(service: Service, { snapshot: { topics }, shared }: View): readonly Pod[] {
  const lists = [topics.serviceLbPods, topics.tailscalePods, topics.pods];
  const byService = shared('pods serving', lists, () => {
    const all = new Map(lists.flatMap(itemsOf).map((pod) => [keyOf(pod), pod]));
    return Map.groupBy(all.values(), (pod) => serviceOfServiceLbPod(pod) ?? servedByTailscalePod(pod));
  });
  return byService.get(keyOf(service)) ?? [];
}

/**
 * Why the Pods that serve a Service are not ready, in the words of their status; empty if all of them are ready. A Pod
 * without a container status is left out.
 */
export function troublesOfPodsServing(service: Service, view: View): { readonly pod: Pod; readonly fact: string }[] {
  return podsServing(service, view)
    .filter((pod) => pod.status?.containerStatuses !== undefined && !isReady(pod))
    .map((pod) => ({ pod, fact: `${troubleOf(pod)?.replace(/Pod (\S+)/, `Pod ${pod.metadata?.namespace}/$1`)}` }));
}

/**
 * Whether this is the DaemonSet that ServiceLB created for the Service. K3s names it svclb-NAME-UID, with the first
 * characters of the Service's name and uid (pkg/cloudprovider/servicelb.go, generateName).
 */
function isDaemonSetOf({ namespace, name }: ObjectReference, { metadata }: Service): boolean {
  // K3s before 1.24 uses the name svclb-NAME, in the namespace of the Service.
  if (name === `svclb-${metadata?.name}`) return namespace === metadata?.namespace;
  const [, prefix, uid] = /^svclb-(.+)-([0-9a-f]{8})$/.exec(name) ?? [];
  if (prefix === undefined || uid === undefined || !metadata?.name?.startsWith(prefix)) return false;
  return metadata.uid ? metadata.uid.startsWith(uid) : metadata.name === prefix || prefix.length >= 40;
}

/**
 * Whether this is the StatefulSet that Tailscale's operator created for a Service. The operator names it
 * ts-NAME-SUFFIX, with the first characters of the Service's name (cmd/k8s-operator/sts.go, statefulSetNameBase).
 */
function isTailscaleSetOf({ name }: ObjectReference, { metadata, spec }: Service): boolean {
  const [, prefix] = /^ts-(.+)-[a-z0-9]+$/.exec(name) ?? [];
  const isServed = tailscale.classes.includes(spec?.loadBalancerClass ?? '');
  return isServed && prefix !== undefined && (metadata?.name ?? '').startsWith(prefix);
}

/**
 * Creates a function that tests whether a TargetGroupBinding belongs to this Service or Ingress. The labels of the
 * binding decide. If the bindings were not seen, their names decide: a name contains the first eight letters and digits
 * of the object's namespace and of its name (pkg/service/model_build_target_group.go).
 */
function bindingRule(kind: keyof typeof stackLabels, object: WithMetadata, { snapshot }: View) {
  const { topics, namespace: listedIn } = snapshot;
  const { targetGroupBindings } = topics;
  const isListed = listedIn === null || listedIn === object.metadata?.namespace;
  if (targetGroupBindings.observed && isListed) {
    const own = new Set(targetGroupBindings.items.filter((each) => isStackOf(each, kind, object)).map(keyOf));
    return ({ namespace, name }: ObjectReference) => own.has(`${namespace}/${name}`);
  }
  const { namespace: place = '', name: called = '' } = object.metadata ?? {};
  const short = (text: string) => text.replaceAll(/[^a-zA-Z0-9]/g, '').slice(0, 8);
  const prefix = `k8s-${short(place)}-${short(called)}-`;
  return ({ namespace, name }: ObjectReference) => namespace === place && name.startsWith(prefix);
}

function isStackOf({ metadata }: WithMetadata, kind: keyof typeof stackLabels, object: WithMetadata): boolean {
  const labels = metadata?.labels ?? {};
  return stackLabels[kind].some((key) => `${labels[`${key}-namespace`]}/${labels[`${key}-name`]}` === keyOf(object));
}
