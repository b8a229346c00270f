import type { Event, Service } from 'kubernetes-types/core/v1';
import { shellWord } from '../../errors/shell-word.ts';
import { externalAddressesOf } from '../../exposure/external-addresses.ts';
import { absenceOf } from '../../platforms/absence.ts';
import { type Reading, readingOf } from '../../platforms/readings.ts';
import { kindContext } from '../../skypilot/names.ts';
import type { Observation } from '../../snapshot/topics.ts';
import { defineCheck } from '../define-check.ts';
import { fieldOf, serviceReference } from '../evidence.ts';
import { exposingServices } from '../exposing-services.ts';
import type { EventEvidence, FieldEvidence } from '../finding.ts';
import { aboutOf } from '../scene.ts';
import { lastWarningOf, warningWords } from '../warning-event.ts';
import { elapsedWords, exposeCommand, secondsBetween, withoutStop } from '../words.ts';

/** Load balancers that are younger and silent are in progress: clouds take minutes to make one. */
const patienceSeconds = 5 * 60;

export const loadBalancerAddress = defineCheck({
  id: 'load-balancer-address',
  link: 'load-balancer',
  title: 'every load balancer has an address',
  severity: 'error',
  needs: ['services'],
  wants: ['pods', 'events', 'nodes', 'serverVersion', 'apiGroups', 'webhooks', 'loadBalancerPods', 'addressPools'],
  after: ['api-server-answers'],
  docs: {
    means:
      'A Service of type LoadBalancer in front of a SkyPilot cluster has no EXTERNAL-IP (kubectl shows `<pending>`). What its last warning event says is shown. Younger than five minutes and without a warning it is in progress: a warning, unless what was seen tells that nothing will give it an address (kind, MetalLB without pools).',
    matters:
      'Nobody outside can reach the port. SkyPilot waits 60 s for the address, then prints no endpoint. On context `kind-skypilot` SkyPilot uses ingress, and a pending load balancer of its own is healthy.',
    mend: 'Do what the event says. Without an event the doctor says what it can tell: that nothing here gives addresses (kind, minikube without tunnel, bare metal), that nothing serves its loadBalancerClass, that MetalLB has no pool. Cilium and kube-vip write no events. API servers keep events for an hour. Until it is mended, `kubectl skyports expose NAME PORT --mode nodeport` is another way in.',
    sources: [
      'Kubernetes: Service status.loadBalancer.ingress; service controller events (SyncLoadBalancerFailed)',
      'kube-apiserver --event-ttl, 1h by default',
      'sky/provision/kubernetes/network_utils.py: get_loadbalancer_ip',
      'src/platforms/readings.ts and absence.ts: what the words of each platform mean, with their sources',
      'Cilium: LB IPAM, Service condition cilium.io/IPAMRequestSatisfied',
    ],
  },
  notApplicable: ({ subject: { mode } }) =>
    mode && mode !== 'loadbalancer' ? `${mode} mode needs no load balancer of the cluster's own` : undefined,
  find(scene) {
    const { events } = scene.perhaps;
    return exposingServices(scene)
      .filter(({ service, owner }) => isPending(service) && !(owner === 'skypilot' && scene.context === kindContext))
      .map(({ service, skyCluster, ports }) => {
        const reference = serviceReference(service);
        const warning = lastWarningOf(events, 'Service', service);
        const complaint = complaintOf(service);
        const reading = readingFor(warning, complaint);
        const absence = warning || complaint ? undefined : absenceOf(service, scene.view.snapshot);
        const ageSeconds = secondsBetween(service.metadata?.creationTimestamp, scene.takenAt);
        const status = fieldOf(reference, 'status.loadBalancer.ingress', service.status?.loadBalancer?.ingress);
        return {
          about: [aboutOf(skyCluster)],
          objects: [reference],
          evidence: [status, ...(complaint ? [complaint.evidence] : []), ...(warning ? [warning] : [])],
          service,
          skyCluster,
          ports,
          why: [
            ...(reading ? [reading.cause] : []),
            ...(absence ? [absence.cause] : []),
            ...(complaint ? [complaint.fact] : []),
            warning ? warningWords(warning, scene.takenAt) : silenceOf(events, ageSeconds),
          ].join('; '),
          advice: reading?.advice ?? absence?.advice,
          ageSeconds,
          reported: Boolean(warning ?? complaint),
          isInVain: absence?.isSure ?? false,
        };
      });
  },
  severityOf: (finding) => (isInProgress(finding) ? 'warning' : 'error'),
  say(finding) {
    const { service, why, ageSeconds } = finding;
    const ofClass = service.spec?.loadBalancerClass ? ` of class ${service.spec.loadBalancerClass}` : '';
    const name = `Service ${service.metadata?.name}${ofClass}`;
    const age = ageSeconds === undefined ? '' : `${elapsedWords(ageSeconds)} old`;
    if (isInProgress(finding)) return `${name} has no external address yet: in progress, ${age}, ${why}`;
    return `${name}${age ? `, ${age},` : ''} has no external address: ${why}`;
  },
  cure(finding) {
    const { skyCluster, ports, reported, advice } = finding;
    if (isInProgress(finding)) {
      const name = shellWord(skyCluster.displayName);
      const command = `kubectl skyports endpoints ${name} --wait -n ${shellWord(skyCluster.namespace)}`;
      return { command, note: 'waits until every port answers' };
    }
    const note = reported
      ? 'another way in, until what the message says is mended'
      : 'another way in, if nothing here makes load balancers';
    const command = exposeCommand(skyCluster, ports, 'nodeport');
    return { command, note: advice ? `another way in, until this is mended: ${advice}` : note };
  },
});

function isPending(service: Service): boolean {
  return service.spec?.type === 'LoadBalancer' && externalAddressesOf(service).length === 0;
}

interface Waiting {
  readonly ageSeconds: number | undefined;
  readonly reported: boolean;
  readonly isInVain: boolean;
}

function isInProgress({ ageSeconds, reported, isInVain }: Waiting): boolean {
  return !reported && !isInVain && isYoung(ageSeconds);
}

function isYoung(ageSeconds: number | undefined): boolean {
  return ageSeconds !== undefined && ageSeconds < patienceSeconds;
}

/** Conditions by which implementations say why there is no address, and the status that is the bad one. */
const complaints: Readonly<Record<string, string>> = {
  'cilium.io/IPAMRequestSatisfied': 'False',
  'io.cilium/lb-ipam-request-satisfied': 'False',
  LoadBalancerPortsError: 'True',
};

function readingFor(warning: EventEvidence | undefined, complaint: Complaint | undefined): Reading | undefined {
  const ofCondition = complaint && readingOf(complaint.reason, complaint.message);
  return ofCondition ?? (warning && readingOf(warning.event.reason, warning.event.message));
}

interface Complaint {
  readonly fact: string;
  readonly reason: string;
  readonly message: string;
  readonly evidence: FieldEvidence;
}

function complaintOf(service: Service): Complaint | undefined {
  const condition = service.status?.conditions?.find(({ type, status }) => complaints[type] === status);
  if (!condition) return undefined;
  const { type, status, reason, message } = condition;
  return {
    ...{ reason: reason ?? '', message: message ?? '' },
    fact: `condition ${type} is ${status}: ${withoutStop([reason, message].filter(Boolean).join('; '))}`,
    evidence: fieldOf(serviceReference(service), `status.conditions[${type}]`, { status, reason, message }),
  };
}

function silenceOf(events: Observation<Event>, ageSeconds: number | undefined): string {
  if (events.observed && isYoung(ageSeconds)) return 'without a warning event';
  if (events.observed) return 'no warning event in the last hour, which does not prove that no controller handles it';
  return events.reason === 'not-collected' ? 'events are not in the file' : `events were not seen (${events.message})`;
}
