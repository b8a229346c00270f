import type { Pod, Service } from 'kubernetes-types/core/v1';
import { type Cure, command, cure } from '../../errors/cure.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { allLoadBalancers } from '../../platforms/all-platforms.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import { implementationOf } from '../../platforms/implementation.ts';
import { clusterNameLabel } from '../../skypilot/names.ts';
import type { WithMetadata } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';

/** What shows who handles a Service that says nothing itself. */
export interface Handler {
  /** "its finalizer tailscale.com/finalizer shows that tailscale.com handles it" */
  readonly fact: string;
  readonly cures: readonly Cure[];
}

/** The finalizer of Kubernetes' service controller, which many load balancers are built on. */
const ofServiceController = 'service.kubernetes.io/load-balancer-cleanup';

/** Who handles a Service: the domain of its finalizer, or of its class if no known load balancer serves that class. */
export function handlerOf(service: Service, { snapshot }: Pick<SnapshotIndex, 'snapshot'>): Handler | undefined {
  const known = implementationOf(service, detectPlatforms(snapshot));
  const finalizer = service.metadata?.finalizers?.find((each) => domainOf(each) !== undefined);
  if (finalizer !== undefined) {
    const who =
      finalizer === ofServiceController ? "a cloud's service controller" : (known?.title ?? domainOf(finalizer));
    const fact = `its finalizer ${finalizer} shows that ${who} handles it`;
    return {
      fact,
      cures:
        known || finalizer === ofServiceController ? [] : looksForController(domainOf(finalizer)!, snapshot.topics),
    };
  }
  const { loadBalancerClass } = service.spec ?? {};
  const isKnown = known ?? allLoadBalancers.some(({ classes }) => classes.includes(loadBalancerClass ?? ''));
  if (!loadBalancerClass || isKnown) return undefined;
  return {
    fact: `its class ${loadBalancerClass} is not one that is known here`,
    cures: looksForController(loadBalancerClass, snapshot.topics),
  };
}

/** Finds the Pods of the controller that a class or a domain belongs to, by their names, labels and images. */
export function podsOfController(name: string, { pods, loadBalancerPods }: SnapshotIndex['snapshot']['topics']): Pod[] {
  const word = wordIn(name);
  if (word.length < 4 || word === 'kubernetes') return [];
  return [...itemsOf(pods), ...itemsOf(loadBalancerPods)].filter(
    (pod) => pod.metadata?.labels?.[clusterNameLabel] === undefined && textsOf(pod).some((text) => text.includes(word)),
  );
}

/** How to find the controller of a class or a finalizer's domain, and its log. */
export function looksForController(name: string, topics: SnapshotIndex['snapshot']['topics']): readonly Cure[] {
  const [first] = podsOfController(name, topics);
  if (first) {
    const { name: pod = '', namespace = '' } = first.metadata ?? {};
    return [cure(command`kubectl logs ${pod} -n ${namespace} --tail=50`, 'shows what its controller says')];
  }
  return [
    cure(command`kubectl get pods -A -o wide`, `shows whether the controller of ${name} runs`),
    cure(command`kubectl logs POD -n NAMESPACE --tail=50`, 'shows what it says; POD is its Pod, in NAMESPACE'),
  ];
}

function domainOf(finalizer: string): string | undefined {
  return /^([a-z0-9.-]+\.[a-z]+)\//.exec(finalizer)?.[1];
}

/** The word of a class or domain that names the product: `loxilb` of `loxilb.io/loxilb`. */
function wordIn(name: string): string {
  const [domain = ''] = name.toLowerCase().split('/');
  const labels = domain.split('.');
  return labels.length > 1 ? labels.at(-2)! : domain;
}

function textsOf({ metadata, spec }: WithMetadata & Pick<Pod, 'spec'>): string[] {
  // The host of the registry says nothing about the product.
  const images = (spec?.containers ?? []).map(({ image = '' }) => image.replace(/^[^/]*[.:][^/]*\//, ''));
  return [metadata?.name ?? '', ...Object.values(metadata?.labels ?? {}), ...images].map((text) => text.toLowerCase());
}
