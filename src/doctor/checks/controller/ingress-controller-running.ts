import type { Service } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import type { IngressController } from '../../../exposure/controllers/known-controllers.ts';
import { isSignpost } from '../../../exposure/controllers/signpost.ts';
import { externalAddressesOf } from '../../../exposure/external-addresses.ts';
import { isReady, troubleOf } from '../../../exposure/pod-trouble.ts';
import { scopeOf } from '../../../exposure/scope.ts';
import { keyOf } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import type { CheckContext } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { fieldOf, podReference } from '../../finding.ts';
import { withoutStop } from '../../format.ts';
import { platformTopics } from '../../subjects/exposing-services.ts';
import {
  controllerProductsOf,
  ofController,
  podsServing,
  servedClassOf,
} from '../../subjects/ingress-controller-pods.ts';
import {
  aboutIngressMode,
  judgedIngresses,
  notInIngressMode,
  publishedAddressesOf,
  servedUnseen,
} from '../../subjects/ingress-mode.ts';
import { ingressSetup } from '../../subjects/ingress-setup-cures.ts';
import { controllerTopics } from '../../subjects/judged-controllers.ts';
import {
  neverCreatedCures,
  neverCreatedWords,
  saidOfNeverCreated,
  workloadNameOf,
} from '../../subjects/never-created.ts';
import { readyEndpointsOf } from '../../subjects/node-proposal.ts';
import { type Said, saidOfPods } from '../../subjects/said.ts';
import { taintsAgainst, toleranceAdvice } from '../../subjects/unscheduled.ts';

export const ingressControllerRunning = defineCheck({
  id: 'ingress-controller-running',
  group: 'controller',
  onPath: true,
  breaksCalls: true,
  title: 'the ingress controller has a ready Pod',
  severity: 'error',
  needs: ['services'],
  wants: [
    ...controllerTopics,
    'controllerPods',
    'controllerSlices',
    'endpointSlices',
    'events',
    'handlerEvents',
    ...platformTopics,
  ],
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned'],
  docs: () => ({
    means:
      "The controller that the IngressClass names has no Ready Pod. The check finds Pods by the labels of the controller's own manifests and charts.",
    matters:
      "Without a controller, nothing listens at the address. SkyPilot does not check this: the IngressClass stays after its controller is removed. If the Ingress has an address although no such Pod was seen, another product serves the class, as Traefik's kubernetesIngressNGINX provider can. This is only info.",
    fix: "Look at the events and the log of the controller's Pod. If no controller is installed, install a maintained one with the commands in the finding.",
    sources: [
      'ingress-nginx deploy/static: labels app.kubernetes.io/name, app.kubernetes.io/component',
      'core/v1 Pod, status.conditions',
      'https://doc.traefik.io/traefik/reference/install-configuration/providers/kubernetes/kubernetes-ingress-nginx',
    ],
  }),
  notApplicable(scene) {
    const other = notInIngressMode(scene) ?? servedUnseen(scene, ['ingressClasses', 'controllerPods']);
    if (other !== undefined || !scene.view.snapshot.topics.ingressClasses.observed) return other;
    return controllerProductsOf(scene).every((product) => product === undefined || product.serviceLabels.length === 0)
      ? 'the IngressClass belongs to a controller whose Pods are not known'
      : undefined;
  },
  needsHere: () => ['ingresses', 'ingressClasses', 'controllerPods'],
  find(scene): RankedFinding[] {
    const all = itemsOf(scene.view.snapshot.topics.controllerPods);
    return controllerProductsOf(scene).flatMap((product): RankedFinding[] => {
      if (!product || product.serviceLabels.length === 0) return [];
      const judged = judgedIngresses(scene).filter(({ ingress }) => servedClassOf(scene, ingress).product === product);
      const about = judged.length > 0 ? [...new Set(judged.flatMap((each) => each.about))] : aboutIngressMode(scene);
      const published = judged.flatMap(({ ingress }) => publishedAddressesOf(ingress));
      const pods = podsServing(all, product);
      if (pods.some(isReady) || hasReadyEndpoint(scene, product)) return [];
      const objects = pods.map(podReference);
      const [first] = pods;
      if (first) {
        const { namespace, name } = podReference(first);
        const trouble = troubleOf(first) ?? '';
        // The status of the Pod often contains the same text as the scheduler's event. Such an event is left out.
        const said = saidOfPods([first], scene).filter(({ message }) => !trouble.includes(withoutStop(message)));
        const taints = taintsAgainst(first, itemsOf(scene.view.snapshot.topics.nodes));
        const isPlaced = first.spec?.nodeName !== undefined;
        return [
          {
            about,
            objects,
            evidence: [
              fieldOf(podReference(first), 'status.conditions', first.status?.conditions),
              ...said.map(({ evidence }) => evidence),
            ],
            severity: 'error',
            fact: `no Pod of ${product.product} is Ready: ${[trouble, ...(taints ? [taints] : []), ...said.map(({ words }) => words)].join('; ')}`,
            cures: [
              cure(command`kubectl describe pod ${name} -n ${namespace}`, 'shows what Kubernetes says about it'),
              ...(isPlaced ? [cure(command`kubectl logs ${name} -n ${namespace}`, 'shows its log')] : []),
              ...(taints ? [toleranceAdvice('the controller')] : []),
            ],
          },
        ];
      }
      const others = all.filter(isReady).map((pod) => `${pod.metadata?.namespace}/${pod.metadata?.name}`);
      const ingresses = judged.map(({ ingress: { metadata } }) => ({
        kind: 'Ingress',
        namespace: metadata?.namespace ?? '',
        name: metadata?.name ?? '',
      }));
      const place = ingresses[0] ?? { kind: 'IngressClass', namespace: '', name: 'nginx' };
      const base = {
        about,
        objects: [place],
        evidence: [
          fieldOf(
            place,
            ingresses[0] ? 'status.loadBalancer.ingress' : 'spec.controller',
            ingresses[0] ? published : product.controller,
          ),
        ],
      };
      const own = serviceWithoutPods(scene, product, published);
      if (published.length > 0 && !own) {
        const who = published.every((address) => scopeOf(address) === 'local')
          ? 'something else serves its class, whose Pods have other labels'
          : "another product serves its class, as Traefik's nginx provider does";
        const fact = `no Pod of ${product.product} is seen, and the Ingress has the address ${published[0]}: ${who}`;
        return [{ ...base, severity: 'info', fact, cures: [advice('nothing to fix while the port answers')] }];
      }
      const refused = saidOfRefusedPods(scene, product);
      if (refused.length > 0) {
        const fact = `no Pod of ${product.product} (${product.controller}) was created: ${neverCreatedWords(refused).join('; ')}`;
        const objects = [...base.objects, ...refused.map(({ object }) => object)];
        const evidence = [...base.evidence, ...refused.map((each) => each.evidence)];
        return [{ ...base, objects, evidence, severity: 'error', fact, cures: neverCreatedCures(refused) }];
      }
      const maybe = others.length > 0 ? `; ${listed(others)} may serve its class` : '';
      return [
        {
          ...base,
          severity: others.length > 0 && !own ? 'warning' : 'error',
          fact: `there is no Pod of ${product.product} (${product.controller})${own ? `, and the Ingress has the address of its Service ${keyOf(own)}` : ''}${maybe}`,
          cures: installedIn(scene, product) ?? ingressSetup(scene),
        },
      ];
    });
  },
  ...rankedFindings,
});

/**
 * The controller's Service without a ready endpoint, if Ingresses contain the address of this Service. Undefined
 * otherwise.
 */
function serviceWithoutPods(
  { view }: Pick<CheckContext, 'view'>,
  product: IngressController,
  published: readonly string[],
): Service | undefined {
  if (!view.snapshot.topics.controllerSlices.observed) return undefined;
  return ofController(itemsOf(view.controllerServices), product).find((service) => {
    const addresses = [...externalAddressesOf(service).map(({ address }) => address), service.spec?.clusterIP];
    return !isSignpost(service) && published.some((each) => addresses.includes(each));
  });
}

/**
 * The reports about a controller's workloads that could not create a Pod. A workload belongs to the controller in three
 * cases: its name contains the product's label `app.kubernetes.io/name`, its namespace has this name, or it has the
 * name and the namespace of the controller's Service.
 */
function saidOfRefusedPods(
  { view, takenAt }: Pick<CheckContext, 'view' | 'takenAt'>,
  product: IngressController,
): Said[] {
  const services = ofController(itemsOf(view.controllerServices), product).filter((each) => !isSignpost(each));
  const labels = product.serviceLabels.flatMap((each) => each['app.kubernetes.io/name'] ?? []);
  return saidOfNeverCreated({ topics: view.snapshot.topics, takenAt }, (about) => {
    const name = workloadNameOf(about);
    if (/admission|default-?(?:http-)?backend/.test(name)) return false;
    const isOfService = services.some(
      ({ metadata }) => metadata?.namespace === about.namespace && metadata.name === name,
    );
    return isOfService || labels.some((each) => name.includes(each) || about.namespace === each);
  });
}

/** Commands for a controller that is installed but has no Pods; undefined if there is no Service of the controller. */
function installedIn(scene: Pick<CheckContext, 'view'>, product: IngressController): Cure[] | undefined {
  const [service] = ofController(itemsOf(scene.view.controllerServices), product).filter((each) => !isSignpost(each));
  const { namespace, name } = service?.metadata ?? {};
  if (!namespace || !name) return undefined;
  return [
    cure(
      command`kubectl get deployments,daemonsets -n ${namespace}`,
      `shows what runs its Pods, since its Service ${namespace}/${name} exists; with 0 replicas it runs none`,
    ),
  ];
}

/**
 * Whether a Service of the controller has a ready endpoint. In this case, the controller runs, even if its Pods lack
 * the labels from the manifests.
 */
function hasReadyEndpoint(scene: Pick<CheckContext, 'view'>, product: IngressController): boolean {
  return ofController(itemsOf(scene.view.controllerServices), product).some(
    (service) => (readyEndpointsOf(scene, service) ?? []).length > 0,
  );
}
