import type { Event, Service } from 'kubernetes-types/core/v1';
import { type Cure, command, cure } from '../../../errors/cure.ts';
import { loadbalancer } from '../../../modes/loadbalancer/mode.ts';
import { detectPlatforms } from '../../../platforms/detect.ts';
import { explainEvent, failureConditionOf } from '../../../platforms/event-explanations.ts';
import { curesOf } from '../../../platforms/missing-implementation.ts';
import { pendingReasonsOf } from '../../../platforms/pending-reasons.ts';
import type { EventExplanation, LoadBalancer } from '../../../platforms/platform.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { humanDuration } from '../../../snapshot/text.ts';
import type { Observation } from '../../../snapshot/topics.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { type EventEvidence, type FieldEvidence, fieldOf, serviceReference } from '../../finding.ts';
import { exposeCommand, withoutStop } from '../../format.ts';
import { isYoung, pendingLoadBalancers, platformTopics } from '../../subjects/exposing-services.ts';
import { lastWarningOf, warningWords } from '../../subjects/warning-event.ts';

export const loadBalancerAddress = defineCheck({
  id: 'load-balancer-address',
  group: 'load-balancer',
  onPath: true,
  breaksCalls: true,
  title: 'every load balancer has an address',
  severity: 'error',
  needs: ['services'],
  wants: ['pods', 'events', 'addressPools', 'serviceLbDaemonSets', ...platformTopics],
  after: ['api-server-answers', 'load-balancer-implementation', 'load-balancer-class-owned'],
  docs: {
    means:
      'A Service of type LoadBalancer in front of a SkyPilot cluster has no EXTERNAL-IP (kubectl shows `<pending>`). What its last warning event says is shown. Younger than five minutes and without a warning it is in progress: a warning, unless MetalLB has no pool to give it one from.',
    matters:
      'The port cannot be reached from outside. SkyPilot waits 60 s for the address, then prints no endpoint. On context `kind-skypilot` SkyPilot uses ingress, and a pending load balancer of its own is healthy.',
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
  },
  notApplicable: ({ subject: { mode } }) =>
    mode && mode !== loadbalancer.name ? `${mode} mode needs no load balancer of the cluster's own` : undefined,
  find(scene) {
    const { events } = scene.perhaps;
    const seen = detectPlatforms(scene.view.snapshot).loadBalancers.map(({ what }) => what);
    return pendingLoadBalancers(scene).map(({ service, skyCluster, ports, owner, ageSeconds }) => {
      const reference = serviceReference(service);
      const warning = lastWarningOf(events, 'Service', service);
      const failureCondition = failureConditionAbout(service);
      const explanation = explanationFor(warning, failureCondition, seen);
      const pendingReasons = pendingReasonsOf(
        service,
        scene.view.snapshot,
        (failureCondition ?? warning?.event)?.reason,
      );
      const status = fieldOf(reference, 'status.loadBalancer.ingress', service.status?.loadBalancer?.ingress);
      return {
        about: [clusterKey(skyCluster)],
        objects: [reference],
        evidence: [status, ...(failureCondition ? [failureCondition.evidence] : []), ...(warning ? [warning] : [])],
        service,
        skyCluster,
        ports,
        why: [
          ...(explanation ? [explanation.cause] : []),
          ...pendingReasons.map(({ cause }) => cause),
          ...(failureCondition ? [failureCondition.fact] : []),
          ...(warning ? [warningWords(warning, scene.takenAt)] : []),
          ...(warning || failureCondition || pendingReasons.length > 0 ? [] : [silenceOf(events, ageSeconds)]),
        ].join('; '),
        suggested: pendingReasons.at(-1) ?? explanation,
        flags: owner === 'kubectl-skyports' ? pendingReasons.at(-1)?.flags : undefined,
        ageSeconds,
        reported: Boolean(warning ?? failureCondition),
        isInVain: pendingReasons.some(({ isSure }) => isSure),
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
    const { skyCluster, ports, reported, suggested } = finding;
    if (isInProgress(finding)) {
      const waiting = command`kubectl skyports endpoints ${operandOf(skyCluster)} --wait -n ${skyCluster.namespace}`;
      return [cure(waiting, 'waits until every port answers')];
    }
    if (finding.flags) {
      const expose = exposeCommand(skyCluster, ports, 'loadbalancer', finding.flags);
      return [cure(expose, suggested?.advice ?? 'fixes it')];
    }
    const anotherWay = cure(exposeCommand(skyCluster, ports, 'nodeport'), 'opens another way in until this is fixed');
    if (suggested) return [...curesOf(suggested), anotherWay];
    return reported ? [anotherWay] : [touching(finding.service), anotherWay];
  },
});

/** Any change makes a controller try again. This one has no other effect. Events are only kept for an hour. */
function touching({ metadata }: Service): Cure {
  const { namespace = '', name = '' } = metadata ?? {};
  // The value has to change, so an existing annotation is removed.
  const isTouched = metadata?.annotations?.['skyports/touched'] !== undefined;
  return cure(
    command`kubectl annotate service ${name} -n ${namespace} ${isTouched ? 'skyports/touched-' : 'skyports/touched=true'}`,
    'makes its controller look again and report what is wrong',
  );
}

interface Waiting {
  readonly ageSeconds: number | undefined;
  readonly reported: boolean;
  readonly isInVain: boolean;
}

function isInProgress({ ageSeconds, reported, isInVain }: Waiting): boolean {
  return !reported && !isInVain && isYoung({ ageSeconds });
}

function explanationFor(
  warning: EventEvidence | undefined,
  failureCondition: Complaint | undefined,
  seen: readonly LoadBalancer[],
): EventExplanation | undefined {
  const ofCondition = failureCondition && explainEvent(failureCondition.reason, failureCondition.message, seen);
  return ofCondition ?? (warning && explainEvent(warning.event.reason, warning.event.message, seen));
}

interface Complaint {
  readonly fact: string;
  readonly reason: string;
  readonly message: string;
  readonly evidence: FieldEvidence;
}

function failureConditionAbout(service: Service): Complaint | undefined {
  const condition = failureConditionOf(service);
  if (!condition) return undefined;
  const { type, status, reason, message } = condition;
  return {
    ...{ reason: reason ?? '', message: message ?? '' },
    fact: `condition ${type} is ${status}: ${withoutStop([reason, message].filter(Boolean).join('; '))}`,
    evidence: fieldOf(serviceReference(service), `status.conditions[${type}]`, { status, reason, message }),
  };
}

function silenceOf(events: Observation<Event>, ageSeconds: number | undefined): string {
  if (events.observed && isYoung({ ageSeconds })) return 'without a warning event';
  if (events.observed) return 'no warning event in the last hour: events may have expired, or no controller handles it';
  return events.reason === 'not-collected' ? 'events are not in the file' : `events were not seen (${events.message})`;
}
