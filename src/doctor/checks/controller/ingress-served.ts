import type { Pod } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { type Cure, command, cure, part } from '../../../errors/cure.ts';
import { chooseControllerService } from '../../../exposure/controllers/controller-service.ts';
import { ingressClassOf } from '../../../exposure/controllers/ingress-address.ts';
import { type IngressController, ingressNginxController } from '../../../exposure/controllers/known-controllers.ts';
import { isSignpost } from '../../../exposure/controllers/signpost.ts';
import { externalAddressesOf } from '../../../exposure/external-addresses.ts';
import { isReady } from '../../../exposure/pod-trouble.ts';
import { keyOf, type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import { humanDuration, listed } from '../../../snapshot/text.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type ToldFinding, toldFindings } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { exposeCommand, secondsBetween } from '../../format.ts';
import { flagOf } from '../../subjects/controller-flags.ts';
import { saidOfIngress, wordsBeside } from '../../subjects/dependants.ts';
import {
  classesServedBy,
  controllerOfClass,
  ofController,
  podsServing,
  type ServedClass,
  servedClassOf,
  watchedNamespaceOf,
} from '../../subjects/ingress-controller-pods.ts';
import {
  isPassedOn,
  judgedIngresses,
  judgedPaths,
  notInIngressMode,
  publishedAddressesOf,
} from '../../subjects/ingress-mode.ts';
import { controllerTopics } from '../../subjects/judged-controllers.ts';

type Scene = Pick<CheckContext, 'view' | 'subject' | 'namespace' | 'takenAt'>;

/**
 * Seconds. Within about a minute, a controller writes its address into an Ingress. ingress-nginx does this every 60
 * seconds.
 */
const patienceSeconds = 2 * 60;

export const ingressServed = defineCheck({
  id: 'ingress-served',
  group: 'controller',
  onPath: true,
  breaksCalls: true,
  title: 'a controller serves every Ingress',
  severity: 'error',
  needs: ['services'],
  wants: [...controllerTopics, 'controllerPods', 'events', 'handlerEvents', 'targetGroupBindings', 'probes'],
  after: [
    'api-server-answers',
    'ingress-class-exists',
    'ingress-class-owned',
    'ingress-accepted',
    'ingress-controller-running',
  ],
  docs: () => ({
    means:
      "An Ingress older than two minutes has no address in its status, although its controller is unknown or normally writes one. Controllers write an address if their own Service has one (ingress-nginx, Traefik, Kong and others), or if they create the load balancer (GKE Ingress, the AWS Load Balancer Controller, OpenShift's router). Or the flags of the controller's Pods exclude the Ingress: they name another `--controller-class` or `--watch-namespace`.",
    matters:
      'The Ingress looks healthy, but nothing serves it, and no error is reported anywhere. If a call of the Ingress is answered, it is served. If the Service of ingress-nginx has no address, its Ingresses get none either, and work anyway. The check then passes if a Ready Pod of the controller serves the class and the namespace. If no such Pod was seen, the result is unknown.',
    fix: 'Give the Ingress the class of a controller that runs, or start the controller for this class. The events of the Ingress and the log of the controller say why it does not take it.',
    commands: [
      cure(command`kubectl describe ingress NAME`, 'shows the events of the Ingress'),
      cure(command`kubectl get ingressclass`, 'shows the classes and their controllers'),
    ],
    sources: [
      'networking.k8s.io/v1 Ingress, status.loadBalancer',
      'kubernetes/ingress-nginx, internal/ingress/status/status.go',
      'src/exposure/controllers/known-controllers.ts, with the sources of each controller',
      'Traefik docs, providers.kubernetesIngress.ingressClass; Contour docs, --ingress-class-name: without them, Ingresses without a class are taken',
    ],
  }),
  notApplicable(scene) {
    const other = notInIngressMode(scene);
    if (other !== undefined) return other;
    if (!scene.view.snapshot.topics.ingresses.observed) return undefined;
    return unaddressed(scene).length > 0 ? undefined : 'no Ingress is without an address for two minutes';
  },
  // GKE's own controllers have no IngressClass, so a dump from GKE may lack the list of IngressClasses. Everywhere
  // else, the list is needed.
  needsHere: (scene) => [
    'ingresses',
    ...(unaddressed(scene).every(({ ingress }) => isOfCloud(scene, ingress)) ? [] : (['ingressClasses'] as const)),
  ],
  find: (scene) =>
    unaddressed(scene).flatMap(({ ingress, about, ageSeconds }): ToldFinding[] => {
      const served = servedClassOf(scene, ingress);
      const why = whyUnserved(scene, ingress, served);
      if (why === undefined) return [];
      const reference = referenceTo('Ingress', ingress);
      const { view, takenAt } = scene;
      const said = saidOfIngress(ingress, view, { topics: view.snapshot.topics, takenAt });
      const { namespace, name } = reference;
      const told = said.map((each) => `; ${wordsBeside(each, reference)}`).join('');
      return [
        {
          about,
          objects: [reference, ...(served.controller ? [classReference(served)] : [])],
          evidence: [
            fieldOf(reference, 'status.loadBalancer.ingress', ingress.status?.loadBalancer?.ingress),
            ...(served.controller ? [fieldOf(classReference(served), 'spec.controller', served.controller)] : []),
            ...said.map(({ evidence }) => evidence),
          ],
          fact: `Ingress ${namespace}/${name} has had no address for ${humanDuration(Math.trunc(ageSeconds))}: ${why}${told}`,
          cures: [
            ...(said.length > 0
              ? []
              : [
                  cure(
                    command`kubectl describe ingress ${name} -n ${namespace}`,
                    'shows its events of type Normal too, which are not looked at',
                  ),
                ]),
            ...waysIn(scene, ingress),
          ],
        },
      ];
    }),
  unsettled(scene) {
    if (scene.view.snapshot.topics.controllerPods.observed) {
      return unaddressed(scene)
        .map(({ ingress }) => whyUnknown(scene, ingress))
        .find((why) => why !== undefined);
    }
    const [first] = unaddressed(scene);
    return first && `Ingress ${keyOf(first.ingress)} has no address, and Pods of ingress controllers were not seen`;
  },
  ...toldFindings,
});

/**
 * The Ingresses that are older than `patienceSeconds` and have no address. Two kinds of Ingresses do not count: those
 * that are being deleted, and those with an app that has answered a call.
 */
function unaddressed(scene: Scene) {
  return judgedIngresses(scene).flatMap(({ ingress, about }) => {
    const ageSeconds = secondsBetween(ingress.metadata?.creationTimestamp, scene.takenAt);
    if (ageSeconds === undefined || ageSeconds < patienceSeconds || ingress.metadata?.deletionTimestamp) return [];
    if (publishedAddressesOf(ingress).length > 0 || isPassedOn(scene, ingress)) return [];
    return [{ ingress, about, ageSeconds }];
  });
}

/** True for an Ingress of a cloud: it names no class, and its controller creates a load balancer for it. */
function isOfCloud(scene: Scene, ingress: Ingress): boolean {
  const { product } = servedClassOf(scene, ingress);
  return ingress.spec?.ingressClassName === undefined && product?.publishes === 'itself';
}

/**
 * Explains why no controller seems to serve the Ingress. Undefined if the missing address of the Ingress proves
 * nothing.
 */
function whyUnserved(scene: Scene, ingress: Ingress, served: ServedClass): string | undefined {
  const { name, controller, product } = served;
  const { ingressClasses } = scene.view.snapshot.topics;
  if (name === undefined) {
    const isTaken = readyPods(scene).some(({ spec }) => flagOf(spec, 'watch-ingress-without-class') === 'true');
    if (isTaken || takerOfAny(scene)) return undefined;
    return 'it names no IngressClass, and none is the default, so no controller serves it';
  }
  // The check ingress-class-exists reports a class that does not exist, so this check does not.
  if (controller === undefined && ingress.spec?.ingressClassName !== undefined) return undefined;
  if (!product) {
    const whose = controller
      ? `IngressClass ${name} belongs to the controller ${controller}`
      : `no IngressClass is called ${name}`;
    const others = itemsOf(ingressClasses).flatMap(({ metadata, spec }) =>
      spec?.controller === controller ? [] : [`${metadata?.name} (${spec?.controller})`],
    );
    const there = others.length > 0 ? `; other classes: ${listed(others)}` : '';
    return `${whose}, which this plugin does not know, and nothing shows that it runs${there}`;
  }
  const pods = podsServing(readyPods(scene), product);
  return leftOutByFlags(pods, ingress, served) ?? normallyPublished(scene, ingress, product, pods);
}

/**
 * Explains that flags of the controller's Pods exclude the Ingress. All Pods are for other classes, or for another
 * namespace. Undefined otherwise.
 */
function leftOutByFlags(pods: readonly Pod[], { metadata }: Ingress, served: ServedClass): string | undefined {
  const { name, controller } = served;
  if (pods.length === 0) return undefined;
  const taking = pods.filter((pod) => takesClass(pod, served));
  const [first] = pods;
  if (taking.length === 0) {
    return `IngressClass ${name} has the controller ${controller}, and Pod ${keyOf(first!)} serves classes of ${classesServedBy(first!)} only (--controller-class)`;
  }
  const watched = taking.map(watchedNamespaceOf);
  if (watched.every((namespace) => namespace !== undefined && namespace !== metadata?.namespace)) {
    return `Pod ${keyOf(taking[0]!)} serves Ingresses of namespace ${watched[0]} only (--watch-namespace)`;
  }
  return undefined;
}

/**
 * Whether a Pod serves a class. A Pod can have flags that exclude a class of ingress-nginx. Otherwise, a Pod serves all
 * classes of its controller.
 */
function takesClass(pod: Pod, { name, controller, product }: ServedClass): boolean {
  const serves = product?.controller === ingressNginxController ? classesServedBy(pod) : undefined;
  if (serves === undefined || controller === undefined || serves === controller) return true;
  return flagOf(pod.spec, 'ingress-class-by-name') === 'true' && flagOf(pod.spec, 'ingress-class') === name;
}

function normallyPublished(
  scene: Scene,
  ingress: Ingress,
  controller: IngressController,
  pods: readonly Pod[],
): string | undefined {
  const { product, publishes, serviceLabels, ofClassField } = controller;
  const { class: ingressClass } = ingressClassOf(scene.view, ingress);
  if (publishes === 'itself') {
    const isRefused = ofClassField !== undefined && ingress.spec?.ingressClassName !== undefined;
    return `${product} writes an address into each Ingress that it serves${isRefused ? `; ${ofClassField}` : ''}`;
  }
  if (publishes === 'if-told' || (serviceLabels.length > 0 && !pods.some((pod) => isToldToPublish(pod, controller))))
    return undefined;
  if (!ingressClass) return undefined;
  const choice = chooseControllerService(scene.view, ingressClass, []);
  // Only the address of a load balancer counts. A controller with a NodePort Service may write no address into
  // Ingresses.
  const external =
    choice.is === 'found'
      ? externalAddressesOf(choice.service).find(({ from }) => from === 'status.loadBalancer.ingress')
      : undefined;
  if (choice.is !== 'found' || !external) return undefined;
  return `${product} writes the address of Service ${keyOf(choice.service)}, ${external.address}, into each Ingress that it serves`;
}

/**
 * Whether a Pod writes an address into the Ingresses that it serves. If the Pod has no flag for this, the default of
 * its product applies.
 */
function isToldToPublish({ metadata, spec }: Pod, { readsNginxAnnotations }: IngressController): boolean {
  const name = metadata?.labels?.['app.kubernetes.io/name'] ?? '';
  const all = (spec?.containers ?? []).flatMap(({ args = [] }) => args);
  // By default, the controllers of F5 and Traefik write no address. Traefik's two providers have different flags.
  if (name === 'nginx-ingress') return all.some((each) => /^--?report-ingress-status(?:=true)?$/.test(each));
  if (!/traefik/.test(name)) return flagOf(spec, 'update-status') !== 'false';
  const provider = 'providers.kubernetesingressnginx';
  const endpoint = 'providers.kubernetesingress.ingressendpoint';
  const flags = readsNginxAnnotations
    ? [`${provider}.publishservice`, `${provider}.publishstatusaddress`]
    : [`${endpoint}.publishedservice`, `${endpoint}.ip`, `${endpoint}.hostname`];
  return flags.some((flag) => flagOf(spec, flag) !== undefined);
}

/**
 * Explains why it is unknown whether a controller serves an Ingress without an address. Undefined if a Pod of the
 * controller is Ready. `whyUnserved` has then found that this Pod serves the Ingress. In this case, the address is
 * missing because of the Pod's flags, or because the controller's Service has no address.
 */
function whyUnknown(scene: Scene, ingress: Ingress): string | undefined {
  const { name, product } = servedClassOf(scene, ingress);
  const has = `Ingress ${keyOf(ingress)} has no address`;
  const taker = name === undefined ? takerOfAny(scene) : undefined;
  if (taker) return `${has} and no class, and Pod ${keyOf(taker)} may take it as it is`;
  if (!product || podsServing(readyPods(scene), product).length > 0) return undefined;
  if (product.serviceLabels.length === 0) {
    return `${has}, and Pods of ${product.product}, whose class it has, are not known here`;
  }
  const services = ofController(itemsOf(scene.view.controllerServices), product).filter((each) => !isSignpost(each));
  const [published] = services.filter((each) => externalAddressesOf(each).length > 0);
  if (published) {
    return `${has}, Service ${keyOf(published)} of ${product.product} has one, and no Pod is seen whose flags say why`;
  }
  // The check ingress-controller-running reports two other cases: the Service of the controller has no Pods, or no Pod of
  // any controller is Ready.
  const [other] = services.length === 0 ? readyPods(scene) : [];
  return (
    other && `${has}, no Pod of ${product.product} is seen, and it is not known whether Pod ${keyOf(other)} serves it`
  );
}

/** A Ready Pod that serves Ingresses without a class. Traefik and Contour do this if no flag names a class. */
function takerOfAny(scene: Scene): Pod | undefined {
  const flags = ['providers.kubernetesingress.ingressclass', 'ingress-class-name'];
  return readyPods(scene).find(({ metadata, spec }) => {
    const name = metadata?.labels?.['app.kubernetes.io/name'] ?? '';
    return /traefik|^contour$/.test(name) && flags.every((flag) => flagOf(spec, flag) === undefined);
  });
}

function readyPods({ view }: Scene): Pod[] {
  return itemsOf(view.snapshot.topics.controllerPods).filter(isReady);
}

function classReference({ name = '' }: ServedClass): ObjectReference {
  return { kind: 'IngressClass', namespace: '', name };
}

/**
 * Cures that open the ports of the Ingress in another way. If a class has a running controller, the first cure uses
 * this class.
 */
function waysIn(scene: Scene, ingress: Ingress): Cure[] {
  const [path] = judgedPaths(scene).filter((each) => each.ingress === ingress);
  if (!path) return [];
  const ports = judgedPaths(scene)
    .filter((each) => each.ingress === ingress && clusterKey(each.skyCluster) === clusterKey(path.skyCluster))
    .map(({ mapping }) => mapping);
  const [usable] = itemsOf(scene.view.snapshot.topics.ingressClasses).flatMap((each) => {
    const { product, controller } = controllerOfClass(scene.view, each);
    const { name } = each.metadata ?? {};
    if (!name || !product?.readsNginxAnnotations || name === servedClassOf(scene, ingress).name) return [];
    const isRunning = podsServing(readyPods(scene), product).some((pod) =>
      takesClass(pod, { name, controller, product }),
    );
    return isRunning ? [{ name, product: product.product }] : [];
  });
  // Without --beside-skypilot, `expose` would do nothing: SkyPilot's own Ingress already opens the port.
  const beside = path.owner === 'skypilot' && part`--beside-skypilot`;
  return [
    ...(usable
      ? [
          cure(
            exposeCommand(path.skyCluster, ports, 'ingress', part`--ingress-class ${usable.name} ${beside}`),
            `opens the port through ${usable.product}, which runs`,
          ),
        ]
      : []),
    cure(exposeCommand(path.skyCluster, ports, 'nodeport'), 'reaches the app without an ingress controller'),
  ];
}
