import type { Pod, Service } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import { implementationOf } from '../../platforms/implementation.ts';
import { classOwner } from '../../platforms/missing-implementation.ts';
import type { LoadBalancer } from '../../platforms/platform.ts';
import { clusterNameLabel } from '../../skypilot/names.ts';
import type { WithMetadata } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { allPodsIn } from './all-pods.ts';
import { controllerPodsOf } from './controller-down.ts';

/**
 * The controller that handles a Service, and the field of the Service that identifies this controller. It is used if
 * the Service has no events or conditions.
 */
export interface Handler {
  /** For example: "its finalizer tailscale.com/finalizer shows that tailscale.com handles it". */
  readonly fact: string;
  readonly cures: readonly Cure[];
}

/** The finalizer of Kubernetes' service controller. Many load balancers use this controller. */
const ofServiceController = 'service.kubernetes.io/load-balancer-cleanup';

/** A load balancer without a file in src/platforms. Finalizers or annotations of Services identify it. */
interface NamedHandler {
  readonly title: string;
  /** Matches the finalizer of the load balancer, or an annotation that requests the load balancer. */
  readonly sign: RegExp;
  readonly cures: readonly Cure[];
}

const namedHandlers: readonly NamedHandler[] = [
  {
    // https://github.com/openelb/openelb: pkg/constant/constant.go, deploy/openelb.yaml. Releases use different
    // labels for its Pods, so the command selects both.
    title: 'OpenELB',
    sign: /^(?:finalizer\.lb|lb|eip\.openelb)\.kubesphere\.io\//,
    cures: [
      cure(
        command`kubectl logs -n openelb-system -l ${'app in (openelb,openelb-manager)'} --tail=50`,
        'shows the log of its controller',
      ),
      cure(
        command`kubectl get eips.network.kubesphere.io -o yaml`,
        'shows its pools of addresses, and which are taken',
      ),
    ],
  },
  {
    // https://gitlab.com/purelb/purelb: pkg/apis/purelb/v1/annotations.go
    title: 'PureLB',
    sign: /^purelb\.io\//,
    cures: [cure(command`kubectl logs -n purelb deployment/allocator --tail=50`, 'shows the log of its controller')],
  },
  {
    // https://docs.harvesterhci.io/latest/rancher/cloud-provider
    title: "Harvester's cloud provider",
    sign: /^cloudprovider\.harvesterhci\.io\/ipam$/,
    cures: [
      cure(
        command`kubectl logs -n kube-system -l app.kubernetes.io/name=harvester-cloud-provider --tail=50`,
        'shows the log of its controller',
      ),
    ],
  },
];

/** Whether an annotation of a Service requests a load balancer that has no file in src/platforms. */
export function asksForNamed({ metadata }: Service): boolean {
  return Object.keys(metadata?.annotations ?? {}).some((key) => namedHandlers.some(({ sign }) => sign.test(key)));
}

/** Finds a load balancer without a file in src/platforms. A finalizer or an annotation of the Service identifies it. */
function namedHandlerOf({ metadata }: Service, topics: SnapshotIndex['snapshot']['topics']): Handler | undefined {
  const { finalizers = [], annotations = {} } = metadata ?? {};
  for (const { title, sign, cures } of namedHandlers) {
    const finalizer = finalizers.find((each) => sign.test(each));
    const annotation = Object.keys(annotations).find((each) => sign.test(each));
    const [pod] = finalizer || annotation ? podsOfController(`${title.toLowerCase()}.io`, topics) : [];
    const all = pod ? [logOf(pod), ...cures.slice(1)] : cures;
    if (finalizer) return { fact: `its finalizer ${finalizer} shows that ${title} handles it`, cures: all };
    if (annotation) return { fact: `its annotation ${annotation} asks for ${title}`, cures: all };
  }
  return undefined;
}

/**
 * Finds the controller that handles a Service. The domain of the Service's finalizer identifies the controller. Without
 * such a finalizer, the class of the Service identifies it, unless a known load balancer serves this class.
 */
export function handlerOf(service: Service, { snapshot }: Pick<SnapshotIndex, 'snapshot'>): Handler | undefined {
  const named = namedHandlerOf(service, snapshot.topics);
  if (named) return named;
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
  const isKnown = known ?? classOwner(loadBalancerClass ?? '');
  if (!loadBalancerClass || isKnown) return undefined;
  return {
    fact: `its class ${loadBalancerClass} is one that this plugin does not know`,
    cures: looksForController(loadBalancerClass, snapshot.topics),
  };
}

/** Finds the Pods of a controller, by their names, labels and images. A class or a domain identifies the controller. */
export function podsOfController(name: string, { pods, loadBalancerPods }: SnapshotIndex['snapshot']['topics']): Pod[] {
  const word = wordIn(name);
  if (word.length < 4 || word === 'kubernetes') return [];
  return [...itemsOf(pods), ...itemsOf(loadBalancerPods)].filter(
    (pod) => pod.metadata?.labels?.[clusterNameLabel] === undefined && textsOf(pod).some((text) => text.includes(word)),
  );
}

/** Commands that find the controller of a class or of a finalizer's domain, and show its log. */
export function looksForController(name: string, topics: SnapshotIndex['snapshot']['topics']): readonly Cure[] {
  const [first] = podsOfController(name, topics);
  if (first) return [logOf(first)];
  if (allPodsIn(topics)) return [advice(noPodOf(name))];
  return [
    cure(command`kubectl get pods -A -o wide`, `shows whether the controller of ${name} runs`),
    cure(command`kubectl logs POD -n NAMESPACE --tail=50`, 'shows its log; POD is its Pod, in NAMESPACE'),
  ];
}

/**
 * A sentence for the case that all Pods were seen, and none of them belongs to the controller. It names what was
 * compared.
 */
export function noPodOf(name: string): string {
  return `no Pod of ${name} runs here: none of the Pods that were seen has ${wordIn(name)} in its name, its labels or its image`;
}

function logOf({ metadata }: Pod): Cure {
  const { name = '', namespace = '' } = metadata ?? {};
  return cure(command`kubectl logs ${name} -n ${namespace} --tail=50`, 'shows the log of its controller');
}

/** A controller that removes the finalizers of a Service. */
export interface Cleaner {
  readonly title: string;
  /** Whether Pods were listed, and none of them belongs to this controller. */
  readonly isGone: boolean;
}

/**
 * The controller that cleans up after a Service is deleted, and then removes its finalizers; undefined if it is
 * unknown.
 */
export function cleanerOf(service: Service, { snapshot }: Pick<SnapshotIndex, 'snapshot'>): Cleaner | undefined {
  const { finalizers = [] } = service.metadata ?? {};
  const known = implementationOf(service, detectPlatforms(snapshot));
  if (known && finalizers.length > 0) return { title: known.title, isGone: hasNoPod(known, snapshot) };
  const named = namedHandlers.find(({ sign }) => finalizers.some((each) => sign.test(each)));
  return named && { title: named.title, isGone: false };
}

/**
 * Whether Pods were listed, and none of them belongs to the load balancer. Always false for a load balancer that may
 * have no Pods, or whose Pods may lack the recommended label.
 */
function hasNoPod(known: LoadBalancer, snapshot: SnapshotIndex['snapshot']): boolean {
  if (!known.requiresPod || !snapshot.topics.loadBalancerPods.observed) return false;
  return controllerPodsOf(known, snapshot).length === 0;
}

function domainOf(finalizer: string): string | undefined {
  return /^([a-z0-9.-]+\.[a-z]+)\//.exec(finalizer)?.[1];
}

/** The part of a class or domain that names the product: `loxilb` in `loxilb.io/loxilb`. */
function wordIn(name: string): string {
  const [domain = ''] = name.toLowerCase().split('/');
  const labels = domain.split('.');
  return labels.length > 1 ? labels.at(-2)! : domain;
}

function textsOf({ metadata, spec }: WithMetadata & Pick<Pod, 'spec'>): string[] {
  // The first part is the registry's host, which does not name the product.
  const images = (spec?.containers ?? []).map(({ image = '' }) => image.replace(/^[^/]*[.:][^/]*\//, ''));
  return [metadata?.name ?? '', ...Object.values(metadata?.labels ?? {}), ...images].map((text) => text.toLowerCase());
}
