import type { Service } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import { externalAddressesOf } from '../../../exposure/external-addresses.ts';
import { annotatedAddressOf } from '../../../exposure/plan/plan-annotate.ts';
import { isReady } from '../../../exposure/pod-trouble.ts';
import type { PortMapping } from '../../../exposure/port-mapping.ts';
import { isAuditOfPolicy } from '../../../platforms/bystanders.ts';
import { explainEvent, failuresFirst, isLostRace } from '../../../platforms/event-explanations.ts';
import { speakersAbout, speakersIn } from '../../../platforms/implementation.ts';
import type { EventExplanation, LoadBalancer } from '../../../platforms/platform.ts';
import { headPodOf } from '../../../skypilot/sky-cluster.ts';
import { keyOf, type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import { type AddressProbe, lastHttpOf } from '../../../snapshot/probe.ts';
import { type CheckContext, clusterKey, skyClustersOf } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { podReference, serviceReference } from '../../finding.ts';
import { displayOf, exposeCommand, secondsBetween } from '../../format.ts';
import { curesInWords, curesOfExplanation } from '../../subjects/again-with.ts';
import { allPodsIn } from '../../subjects/all-pods.ts';
import { calledPorts, calledTopics } from '../../subjects/called-ports.ts';
import { conditionsOfPodsServing, podsServing, saidOfDependants, saidOfIngress } from '../../subjects/dependants.ts';
import { type ExposingService, exposingServices, platformTopics } from '../../subjects/exposing-services.ts';
import { noPodOf, podsOfController as podsNamed } from '../../subjects/handler.ts';
import { judgedIngresses } from '../../subjects/ingress-mode.ts';
import { judgedControllers } from '../../subjects/judged-controllers.ts';
import { type Heard, isSettledLater, type Said, saidAbout } from '../../subjects/said.ts';
import { isKubernetes, podsOfController, wordsOfReadyPods } from '../../subjects/words-of-pods.ts';

/**
 * Seconds. A warning that is older than this may no longer apply. Controllers try again at least every 16 minutes
 * (controller-runtime's longest back-off), and then report the problem again.
 */
const currentSeconds = 20 * 60;

export const controllerWarnings = defineCheck({
  id: 'controller-warnings',
  group: 'controller',
  onPath: true,
  breaksCalls: true,
  title: 'no controller reports a fault of an open port',
  severity: 'error',
  needs: ['services'],
  wants: [
    ...calledTopics,
    ...platformTopics.filter((topic) => topic !== 'nodes'),
    ...(['events', 'handlerEvents', 'targetGroupBindings', 'tailscalePods', 'controllerPods'] as const),
  ],
  after: [
    'api-server-answers',
    'service-not-terminating',
    'load-balancer-address',
    // These checks also report warnings: about the Ingress, and about the Service of its controller.
    'ingress-class-owned',
    'ingress-accepted',
    'ingress-served',
    'ingress-external-ip',
  ],
  docs: () => ({
    means:
      'A warning event, or a condition that reports a fault, is about an object that gives a port its address: the head Pod, the Service, the Ingress, the Service of the ingress controller, a Pod of that controller, an owner of one of these, or an object that a load balancer created for them (a target group of AWS, a Pod or DaemonSet of ServiceLB, a Pod of Tailscale). The finding shows the message and who wrote it. It is an error if calls of the port do not get through, or if a message of the last 20 minutes is known to mean that packets are lost. It is info if calls get through, if any other message is older than 20 minutes, if Kubernetes wrote it about a Pod that is Ready, if a DaemonSet replaced a failed Pod and a Pod is Ready, if the writer lost a race for the object and tries again, or if a policy engine (Kyverno, Gatekeeper) says that the object breaks a rule. Otherwise it is a warning. Messages of Kubernetes from before a Pod became Ready do not count, nor does `FailedScheduling` about a Pod that is Ready, nor do messages of a controller from before it wrote the status. Messages about EndpointSlices and Endpoints that could not be written do not count if the Service has endpoints. The events `ClusterIPNotAllocated` and `PortNotAllocated` do not count either: the API server writes them when it repairs its own records, and the Service works. Neither does `TopologyAwareHintsDisabled`, because traffic then goes to all zones.',
    matters:
      'A load balancer may have its address although its targets cannot be reached. The Service does not show this, because the message is on another object.',
    fix: 'Do what the message says. If this plugin knows the message, the finding says what it means and which command fixes it.',
    sources: [
      'https://github.com/kubectl-skyports/kubectl-skyports/blob/main/docs/platforms.md: what the words of each platform mean, with their sources',
      'https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2902 (the words are on the TargetGroupBinding)',
    ],
  }),
  find: (scene) => [...ofHeads(scene), ...ofServices(scene), ...ofIngresses(scene), ...ofControllers(scene)],
  ...rankedFindings,
});

type Scene = Pick<CheckContext, 'view' | 'subject' | 'namespace' | 'takenAt'>;

function heardIn({ view, takenAt }: Scene): Heard {
  return { topics: view.snapshot.topics, takenAt };
}

/** Warnings about head Pods that are Ready. For other head Pods, the checks of Pods report the warnings. */
function ofHeads(scene: Scene): RankedFinding[] {
  return skyClustersOf(scene).flatMap((skyCluster): RankedFinding[] => {
    const head = headPodOf(skyCluster);
    if (!head) return [];
    const about = [clusterKey(skyCluster)];
    const warned = warnedOf(wordsOfReadyPods([head], scene), () => [], scene, {
      about,
      serves: `the head of ${displayOf(skyCluster)}`,
      calls: () => callsThrough(scene, about, 'app'),
      isHarmless: isKubernetes,
      relation: ({ kind }) => (kind === 'Pod' ? '' : 'which owns '),
    });
    return warned.map((each) => withCures(each, curesOf(each, podReference(head), scene)));
  });
}

function ofServices(scene: Scene): RankedFinding[] {
  const { view } = scene;
  const heard = heardIn(scene);
  return exposingServices(scene)
    .filter(({ service }) => !isLoadBalancer(service) || externalAddressesOf(service).length > 0)
    .flatMap((exposed): RankedFinding[] => {
      const { service, skyCluster, ports } = exposed;
      const said = [
        ...saidAbout('Service', service, heard),
        ...saidOfDependants(service, view, heard),
        ...conditionsOfPodsServing(service, view),
      ];
      const about = [clusterKey(skyCluster)];
      const warned = warnedOf(said, () => speakersAbout(service, view.snapshot), scene, {
        about,
        serves: `Service ${service.metadata?.name}`,
        calls: () => callsThrough(scene, about, 'app', ports),
        isSettled: (each) => isSettledBy(each, service) || isSettledBySlices(each, service, view),
        isHarmless: servedNevertheless(service, view),
      });
      return warned.map((each) =>
        withCures(each, [
          ...(each.explanation && isLoadBalancer(service)
            ? curesOfExplanation(exposed, each.explanation, view)
            : curesOf(each, serviceReference(service), scene)),
          ...(each.severity === 'error' && isLoadBalancer(service) ? [anotherWay(exposed)] : []),
        ]),
      );
    });
}

function isAnnotated(service: Service): boolean {
  return annotatedAddressOf(service) !== undefined;
}

function isLoadBalancer({ spec }: Service): boolean {
  return spec?.type === 'LoadBalancer';
}

function ofIngresses(scene: Scene): RankedFinding[] {
  return judgedIngresses(scene).flatMap(({ ingress, about }): RankedFinding[] => {
    const heard = heardIn(scene);
    const said = saidOfIngress(ingress, scene.view, heard)
      // The check ingress-accepted reports events with this reason, and certificate-issued those of cert-manager.
      .filter(({ reason, by }) => reason !== 'AnnotationParsingFailed' && !by?.startsWith('cert-manager'));
    const serves = `Ingress ${ingress.metadata?.name}`;
    const warned = warnedOf(said, () => speakersIn(scene.view.snapshot), scene, {
      about,
      serves,
      calls: () => callsThrough(scene, about, 'app'),
    });
    return warned.map((each) => withCures(each, curesOf(each, referenceTo('Ingress', ingress), scene)));
  });
}

/**
 * Warnings about Services of ingress controllers. A Service counts if it has an external address, or SkyPilot's
 * annotation for an external address.
 */
function ofControllers(scene: Scene): RankedFinding[] {
  const { view } = scene;
  return judgedControllers(scene)
    .filter(({ service }) => externalAddressesOf(service).length > 0 || isAnnotated(service))
    .flatMap(({ service, about }): RankedFinding[] => {
      const heard = heardIn(scene);
      const ofPods = wordsOfReadyPods(podsOfController(service, scene), scene);
      const isOfServingPod = servedNevertheless(service, view);
      const said = [
        ...saidAbout('Service', service, heard),
        ...saidOfDependants(service, view, heard),
        ...conditionsOfPodsServing(service, view),
        ...ofPods,
      ];
      const warned = warnedOf(said, () => speakersAbout(service, view.snapshot), scene, {
        about,
        serves: `the ingress controller's Service ${service.metadata?.namespace}/${service.metadata?.name}`,
        calls: () => callsThrough(scene, about, 'controller'),
        isSettled: (each) => isSettledBy(each, service) || isSettledBySlices(each, service, view),
        isHarmless: (each) =>
          isOfServingPod(each) ||
          (ofPods.includes(each) && isKubernetes(each)) ||
          (each.object.kind === 'Service' && externalAddressesOf(service).length === 0),
      });
      return warned.map((each) => withCures(each, curesOf(each, serviceReference(service), scene)));
    });
}

/**
 * Returns a function that tests whether a message is harmless. A message about a Pod of the load balancer is harmless
 * if another Pod that serves the Service is Ready. A message from Kubernetes itself is harmless if the Pod in the
 * message is Ready. So is the message that a DaemonSet replaces a failed Pod, for example after its node started again
 * (kubernetes/kubernetes, pkg/controller/daemon/daemon_controller.go).
 */
function servedNevertheless(service: Service, view: CheckContext['view']): (said: Said) => boolean {
  const ready = new Set(podsServing(service, view).filter(isReady).map(keyOf));
  return (said) => {
    const { kind, namespace, name } = said.object;
    const key = `${namespace}/${name}`;
    if (said.reason === 'FailedDaemonPod') return ready.size > 0;
    return kind === 'Pod' && [...ready].some((each) => each !== key || isKubernetes(said));
  };
}

interface Warning {
  readonly about: readonly string[];
  /** The served object, such as "Service train--skypilot-lb". */
  readonly serves: string;
  /** Returns the result of calls; undefined if no call proves anything. */
  readonly calls: () => Through | undefined;
  isSettled?(said: Said): boolean;
  /**
   * Whether the fault in the message stops no calls. The finding is then a warning if calls fail, and info otherwise.
   */
  isHarmless?(said: Said): boolean;
  /** The text before `serves`. The default is "which serves ". */
  relation?(object: ObjectReference): string;
}

interface Explained extends Omit<RankedFinding, 'cures'> {
  readonly explanation: EventExplanation | undefined;
  readonly said: readonly Said[];
}

/** One finding for each object with a warning. */
function warnedOf(
  all: readonly Said[],
  speakersOf: () => readonly LoadBalancer[] | undefined,
  scene: Scene,
  {
    about,
    serves,
    calls,
    isSettled = () => false,
    isHarmless = () => false,
    relation = () => 'which serves ',
  }: Warning,
): Explained[] {
  const heard = heardIn(scene);
  const said = all.filter((each) => !isSettled(each) && !isSettledLater(each, heard));
  if (said.length === 0) return [];
  // Call these functions only if a message exists, because both search the whole snapshot.
  const [through, speakers] = [calls(), speakersOf()];
  const isOld = ({ lastSeen }: Said) => (secondsBetween(lastSeen, scene.takenAt) ?? 0) > currentSeconds;
  const byObject = Map.groupBy(said, ({ object: { kind, namespace, name } }) => `${kind} ${namespace}/${name}`);
  return [...byObject].map(([key, words]) => {
    const explained = failuresFirst(words).flatMap((each) => {
      const found = explainEvent(each, speakers);
      return found ? [{ found, isOld: isOld(each) }] : [];
    });
    const explanation = explained[0]?.found;
    const stopping = explained.filter(({ found }) => found.stopsTraffic === true);
    const stopsNow = stopping.some((each) => !each.isOld);
    const isAudit = words.every(isAuditOfPolicy);
    const severity = words.every((each) => isHarmless(each) || isLostRace(each))
      ? through === 'no' || through === 'stopped'
        ? 'warning'
        : 'info'
      : through === 'yes' || isAudit || (words.every(isOld) && stopping.length === 0)
        ? 'info'
        : through === 'no' || stopsNow || (through === 'stopped' && explanation)
          ? 'error'
          : 'warning';
    const cause = explanation ? [explanation.cause] : [];
    const isItself = key.endsWith(`/${serves.split(/[ /]/).at(-1)}`);
    const of = isItself ? serves : `${key}, ${relation(words[0]!.object)}${serves}`;
    return {
      about,
      objects: [words[0]!.object],
      evidence: words.map(({ evidence }) => evidence),
      severity,
      fact: `${of}: ${[...cause, ...words.map((each) => each.words)].join('; ')}`,
      explanation,
      said: words,
    };
  });
}

/**
 * Whether the warning is older than the status of the Service. The controller writes this status when it succeeds, so
 * an older warning no longer applies.
 */
function isSettledBy({ object, lastSeen }: Said, { metadata }: Service): boolean {
  if (object.kind !== 'Service' || lastSeen === null) return false;
  const written = (metadata?.managedFields ?? []).filter(({ subresource }) => subresource === 'status');
  return written.some(({ time }) => Date.parse(time ?? '') > Date.parse(lastSeen));
}

/**
 * Whether the warning is about endpoints that exist by now. The EndpointSlice controller writes such a warning about
 * the Service if it does not know the node of a new Pod yet. The endpoints controller writes one about the Endpoints
 * object if something else has changed this object. Both then try again. Other checks report missing endpoints.
 * Sources: kubernetes/kubernetes, pkg/controller/endpointslice/endpointslice_controller.go and
 * pkg/controller/endpoint/endpoints_controller.go; https://github.com/argoproj/argo-cd/issues/14102.
 */
function isSettledBySlices({ reason, object }: Said, service: Service, view: CheckContext['view']): boolean {
  if (object.kind !== 'Service' && object.kind !== 'Endpoints') return false;
  if (!/^FailedTo(?:Create|Update)Endpoint/.test(reason)) return false;
  return (view.slices.get(keyOf(service)) ?? []).some(({ endpoints }) => (endpoints ?? []).length > 0);
}

/** The result of calls. `yes`: they get through. `no`: they get no answer. `stopped`: a proxy on the way stops them. */
type Through = 'yes' | 'no' | 'stopped';

/**
 * Whether calls get through; undefined if no call proves it. A refused connection proves nothing: packets arrive, but
 * something refuses them. A proxy stops a call if it closes the connection, or answers 502, 503 or 504 itself.
 * @param to where the calls have to arrive; `controller` includes calls that the ingress controller itself stops
 */
function callsThrough(
  scene: Scene,
  about: readonly string[],
  to: 'app' | 'controller',
  ports?: readonly PortMapping[],
): Through | undefined {
  const calls = calledPorts(scene)
    .filter(({ row }) => about.includes(clusterKey(row)))
    .filter(({ row }) => !ports || ports.some(({ servicePort }) => servicePort === row.port))
    .map(({ probe }) => probe);
  if (calls.some((probe) => gotThrough(probe, to))) return 'yes';
  if (calls.some(({ connection }) => connection?.outcome === 'no-answer')) return 'no';
  return to === 'app' && calls.some(isStopped) ? 'stopped' : undefined;
}

function gotThrough(probe: AddressProbe, to: 'app' | 'controller'): boolean {
  const { connection, http } = probe;
  if (connection?.outcome !== 'open' || (to === 'app' && isStopped(probe))) return false;
  return http === undefined || http?.outcome === 'answered';
}

function isStopped(probe: AddressProbe): boolean {
  const http = lastHttpOf(probe);
  if (http?.outcome === 'closed') return true;
  return http?.outcome === 'answered' && http.page !== null && [502, 503, 504].includes(http.status);
}

function withCures({ explanation, said, ...finding }: Explained, cures: readonly Cure[]): RankedFinding {
  return { ...finding, cures };
}

/** @param target the object to annotate: the Service or the Ingress */
function curesOf({ explanation, objects, said }: Explained, target: ObjectReference, { view }: Scene): readonly Cure[] {
  const cures = explanation ? curesInWords(explanation, target) : [];
  return cures.length > 0 ? cures : whoSaid(objects[0]!, said, view.snapshot);
}

/** Commands for messages without an explanation. They print the log of the Pod or controller that wrote the message. */
function whoSaid(
  { kind, namespace, name }: ObjectReference,
  said: readonly Said[],
  { topics }: CheckContext['view']['snapshot'],
): readonly Cure[] {
  if (kind === 'Pod') return [cure(command`kubectl logs ${name} -n ${namespace} --tail=50`, 'shows its log')];
  const speaker = said.find((each) => each.by !== null && !isKubernetes(each))?.by;
  if (speaker) {
    const [pod] = podsNamed(speaker, topics);
    if (!pod && allPodsIn(topics)) return [advice(noPodOf(speaker))];
    const { name: podName = 'POD', namespace: place = 'NAMESPACE' } = pod?.metadata ?? {};
    const log = cure(
      command`kubectl logs ${podName} -n ${place} --tail=50`,
      `shows what ${speaker} says${pod ? '' : '; POD is its Pod, in NAMESPACE'}`,
    );
    return pod ? [log] : [cure(command`kubectl get pods -A -o wide`, `shows where ${speaker} runs`), log];
  }
  return [advice('the words name what to change; nothing else is known of them here')];
}

function anotherWay({ skyCluster, ports }: ExposingService): Cure {
  return cure(exposeCommand(skyCluster, ports, 'nodeport'), 'opens another way in until this is fixed');
}
