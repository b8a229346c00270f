import type { Event, Pod, Service } from 'kubernetes-types/core/v1';
import { type Cure, command, cure, part } from '../../../errors/cure.ts';
import { loadbalancer } from '../../../modes/loadbalancer/mode.ts';
import { explainEvent, failuresFirst, isStillInProgress } from '../../../platforms/event-explanations.ts';
import { hasOnlyFargate } from '../../../platforms/fargate.ts';
import { speakersAbout } from '../../../platforms/implementation.ts';
import { curesOf, type PendingReason } from '../../../platforms/missing-implementation.ts';
import { pendingReasonsOf } from '../../../platforms/pending-reasons.ts';
import type { EventExplanation } from '../../../platforms/platform.ts';
import { rivalsHeard } from '../../../platforms/rival-implementations.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import type { ObjectReference } from '../../../snapshot/object-reference.ts';
import { humanDuration } from '../../../snapshot/text.ts';
import type { Observation } from '../../../snapshot/topics.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { curesOfExplanation } from '../../subjects/again-with.ts';
import { controllerDown } from '../../subjects/controller-down.ts';
import { saidOfLoadBalancer, troublesOfPodsServing } from '../../subjects/dependants.ts';
import {
  type ExposingService,
  isYoung,
  pendingLoadBalancers,
  platformTopics,
} from '../../subjects/exposing-services.ts';
import { handlerOf } from '../../subjects/handler.ts';
import { clusterPolicyCures } from '../../subjects/local-policy.ts';
import { neverCreatedCures, refusalCures, refusalsOfPods } from '../../subjects/never-created.ts';
import { otherPortCures } from '../../subjects/other-port.ts';
import type { Said } from '../../subjects/said.ts';

export const loadBalancerAddress = defineCheck({
  id: 'load-balancer-address',
  group: 'load-balancer',
  onPath: true,
  breaksCalls: true,
  title: 'every load balancer has an address',
  severity: 'error',
  needs: ['services'],
  wants: [
    ...([
      'pods',
      'endpointSlices',
      'events',
      'handlerEvents',
      'addressPools',
      'tailscalePods',
      'serviceLbDaemonSets',
    ] as const),
    ...(['targetGroupBindings', ...platformTopics] as const),
  ],
  after: ['api-server-answers', 'load-balancer-implementation', 'load-balancer-class-owned'],
  docs: () => ({
    means:
      'A Service of type LoadBalancer for a SkyPilot cluster has no EXTERNAL-IP (kubectl shows `<pending>`). The finding shows the warning events that may concern its load balancer. Warnings of the endpoint controllers, of kube-proxy and of policy engines are left out. A Service younger than five minutes is still in progress if no event says more than that its load balancer is not finished. It is then only a warning, unless MetalLB has no pool for it.',
    matters:
      'The port cannot be reached from outside. SkyPilot waits 60 s for the address, and then prints no endpoint. On context `kind-skypilot`, SkyPilot uses ingress, so its own pending load balancer is healthy there.',
    fix: 'Do what the event says. Other checks report a missing load balancer implementation, or a class that nothing serves. Without a pool, neither MetalLB nor Cilium writes an event. API servers keep events for an hour: after a change of the Service, its controller reports the problem again.',
    commands: [
      cure(command`kubectl skyports expose NAME PORT --mode nodeport`, 'opens another way in until this is fixed'),
    ],
    sources: [
      'Kubernetes: Service status.loadBalancer.ingress; service controller events (SyncLoadBalancerFailed)',
      'kube-apiserver --event-ttl, 1h by default',
      'sky/provision/kubernetes/network_utils.py: get_loadbalancer_ip',
      'src/platforms/readings.ts and absence.ts: what the words of each platform mean, with their sources',
      'Cilium: LB IPAM, Service condition cilium.io/IPAMRequestSatisfied',
    ],
  }),
  notApplicable: ({ subject: { mode } }) =>
    mode && mode !== loadbalancer.name ? `${mode} mode needs no load balancer of the cluster's own` : undefined,
  find(scene) {
    const { snapshot } = scene.view;
    const heard = { topics: snapshot.topics, takenAt: scene.takenAt };
    return pendingLoadBalancers(scene).map(({ service, skyCluster, ports, owner, ageSeconds }) => {
      const reference = serviceReference(service);
      const said = saidOfLoadBalancer(service, scene.view, heard);
      const own = said.filter(({ object: { kind, name } }) => kind === reference.kind && name === reference.name);
      const speakers = speakersAbout(service, snapshot);
      // A Pod that was not created may be the cause. A report about this Pod explains more than the messages of a
      // controller that waits for the Pod.
      const refused = refusalsOfPods(said);
      const isRefused = refusalCures(refused).length > 0;
      const [explanation] = (refused.length > 0 ? refused : failuresFirst(said)).flatMap(
        (each) => explainEvent(each, speakers, { service, snapshot }) ?? [],
      );
      const rivals = rivalsHeard(own, snapshot);
      const reasons = [
        ...(rivals ? [rivals] : []),
        ...pendingReasonsOf(service, snapshot, own[0]?.reason),
        ...controllerDown(service, snapshot),
      ];
      const troubles = troublesOfPodsServing(service, scene.view);
      const isSilent = said.length === 0 && troubles.length === 0;
      const facts = reasons.filter(({ isGuess }) => !isGuess);
      const guesses = isSilent && facts.length === 0 ? reasons.filter(({ isGuess }) => isGuess) : [];
      // If this plugin cannot explain the message, name the controller that handles the Service.
      const isUnexplained = explanation === undefined && facts.length === 0 && guesses.length === 0;
      const handler = isUnexplained ? handlerOf(service, scene.view) : undefined;
      // An explanation without `message` matches every event with this reason. Facts about this Service are more exact.
      const isCommon = explanation !== undefined && !explanation.message && facts.length > 0;
      const suggested: readonly Suggestion[] = [
        ...facts.filter(({ isSure }) => isSure),
        ...(explanation && !isCommon && !isRefused ? [{ explanation }] : []),
        ...facts.filter(({ isSure }) => !isSure),
        ...guesses,
      ].slice(0, 2);
      return {
        about: [clusterKey(skyCluster)],
        objects: [reference, ...objectsOf(said, reference)],
        evidence: [
          fieldOf(reference, 'status.loadBalancer.ingress', service.status?.loadBalancer?.ingress),
          ...said.map(({ evidence }) => evidence),
        ],
        service,
        skyCluster,
        ports,
        owner,
        why: [
          ...(explanation ? [explanation.cause] : []),
          ...[...facts, ...guesses].map(({ cause }) => cause),
          ...own.map(({ words }) => words),
          ...troubles.map(({ fact }) => fact),
          ...said
            .slice(own.length)
            .map(({ object, words }) => `${object.kind} ${object.namespace}/${object.name}: ${words}`),
          ...(isSilent && reasons.length === 0 ? [silenceOf(scene.perhaps.events, ageSeconds, handler?.fact)] : []),
          ...(!isSilent && handler ? [handler.fact] : []),
        ].join('; '),
        suggested,
        view: scene.view,
        handler,
        looks:
          isRefused || (refused.length > 0 && explanation === undefined)
            ? neverCreatedCures(refused)
            : troubles.slice(0, 1).map(({ pod }) => logOf(pod)),
        ageSeconds,
        reported: said.length > 0 || troubles.length > 0,
        hasFailed: troubles.length > 0 || said.some((each) => !isStillInProgress(each)),
        isInVain: reasons.some(({ isSure }) => isSure),
      };
    });
  },
  severityOf: (finding) => (isInProgress(finding) ? 'warning' : 'error'),
  say(finding) {
    const { service, why, ageSeconds } = finding;
    const ofClass = service.spec?.loadBalancerClass ? ` of class ${service.spec.loadBalancerClass}` : '';
    const name = `Service ${service.metadata?.name}${ofClass}`;
    const age = ageSeconds === undefined ? '' : `${humanDuration(Math.trunc(ageSeconds))} old`;
    if (isInProgress(finding)) return `${name} has no external address yet: in progress, ${age}, ${why}`;
    return `${name}${age ? `, ${age},` : ''} has no external address: ${why}`;
  },
  cures(finding) {
    const { skyCluster, ports, owner, reported, suggested, handler, looks, view } = finding;
    if (isInProgress(finding)) {
      const waiting = command`kubectl skyports endpoints ${operandOf(skyCluster)} --wait -n ${skyCluster.namespace}`;
      return [cure(waiting, 'waits until every port answers')];
    }
    const [first] = suggested;
    if (first && 'flags' in first && first.flags && owner === 'kubectl-skyports') {
      return [cure(exposeCommand(skyCluster, ports, 'loadbalancer', first.flags), first.advice)];
    }
    const nodePorts = cure(exposeCommand(skyCluster, ports, 'nodeport'), 'opens another way in until this is fixed');
    const anotherWay = hasOnlyFargate(view.snapshot) ? [] : [nodePorts];
    if (first) {
      const each = suggested.flatMap((one) =>
        'explanation' in one
          ? curesOfExplanation(finding, withoutLook(one.explanation, looks), view)
          : curesOfReason(one, finding),
      );
      return [...looks, ...each, ...anotherWay];
    }
    if (handler && reported) return [...(looks.length > 0 ? looks : handler.cures), ...anotherWay];
    if (handler) return [...handler.cures, asking(finding), ...anotherWay];
    return reported ? [...looks, ...anotherWay] : [asking(finding), ...anotherWay];
  },
});

/** An explanation of a missing address: a fact in the snapshot, or the meaning of a controller's message. */
type Suggestion = PendingReason | { readonly explanation: EventExplanation };

/**
 * The cures of a reason. If another port helps, the cures only open another port. Otherwise, commands that change
 * externalTrafficPolicy come first, if they help.
 */
function curesOfReason(reason: PendingReason, finding: ExposingService): readonly Cure[] {
  const other = reason.otherPort ? otherPortCures(finding, reason.otherPort) : [];
  if (other.length > 0) return other;
  return [...(reason.isOfLocalPolicy ? clusterPolicyCures({ ...finding, exposing: finding }) : []), ...curesOf(reason)];
}

/** Removes the command that shows the logs of all Pods, if `looks` has a command that shows the log of one Pod. */
function withoutLook(explanation: EventExplanation, looks: readonly Cure[]): EventExplanation {
  const { look, ...rest } = explanation;
  return looks.length > 0 && look?.command?.includes(' logs ') ? rest : explanation;
}

/**
 * The command that makes the controller report the problem again. It is needed because API servers keep events for only
 * one hour.
 */
function asking({ service, skyCluster, ports, owner }: ExposingService): Cure {
  if (owner !== 'skypilot') return touching(service);
  return cure(
    exposeCommand(skyCluster, ports, 'loadbalancer', part`--beside-skypilot`),
    "opens it a second time, beside SkyPilot's own Service: its controller then gives it an address, or reports what is wrong",
  );
}

/**
 * A command that makes the controller of a Service try again. A controller tries again after any change of the Service.
 * This change has no other effect.
 */
function touching({ metadata }: Service): Cure {
  const { namespace = '', name = '' } = metadata ?? {};
  // The command has to change the Service. If the annotation already exists, the command removes it.
  const isTouched = metadata?.annotations?.['skyports/touched'] !== undefined;
  return cure(
    command`kubectl annotate service ${name} -n ${namespace} ${isTouched ? 'skyports/touched-' : 'skyports/touched=true'}`,
    'makes its controller try again and report what is wrong',
  );
}

interface Waiting {
  readonly ageSeconds: number | undefined;
  /** Whether a report says that a step failed, and not only that the load balancer is unfinished. */
  readonly hasFailed: boolean;
  readonly isInVain: boolean;
}

function isInProgress({ ageSeconds, hasFailed, isInVain }: Waiting): boolean {
  return !hasFailed && !isInVain && isYoung({ ageSeconds });
}

function objectsOf(said: readonly Said[], except: ObjectReference): ObjectReference[] {
  const all = new Map(said.map(({ object }) => [`${object.kind} ${object.namespace}/${object.name}`, object]));
  all.delete(`${except.kind} ${except.namespace}/${except.name}`);
  return [...all.values()];
}

function logOf({ metadata }: Pod): Cure {
  return cure(
    command`kubectl logs ${metadata?.name ?? ''} -n ${metadata?.namespace ?? ''} --all-containers --tail=20`,
    'shows why that Pod does not serve it',
  );
}

function silenceOf(events: Observation<Event>, ageSeconds: number | undefined, handler: string | undefined): string {
  const told = handler ? [handler] : [];
  if (!events.observed) {
    const unseen =
      events.reason === 'not-collected' ? 'events are not in the file' : `events were not seen (${events.message})`;
    return [...told, unseen].join('; ');
  }
  if (isYoung({ ageSeconds })) return [...told, 'without a warning event about the load balancer'].join('; ');
  const or = handler ? '' : ', or no controller serves it';
  return [...told, `no warning event about the load balancer in the last hour: events may have expired${or}`].join(
    '; ',
  );
}
