import type { Service } from 'kubernetes-types/core/v1';
import type { Condition } from 'kubernetes-types/meta/v1';
import { command, cure, part } from '../errors/cure.ts';
import { once } from '../snapshot/memo.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allLoadBalancers } from './all-platforms.ts';
import type { EventExplanation, LoadBalancer } from './platform.ts';

const serviceController = 'https://github.com/kubernetes/cloud-provider/blob/master/controllers/service/controller.go';

/**
 * The words of controllers whose cloud still makes or changes the load balancer. Sources, in this order:
 * digitalocean-cloud-controller-manager, cloud-controller-manager/do/loadbalancers.go, and the controllers of Vultr and
 * Civo, which have copied it; cloud-provider-openstack, pkg/openstack/loadbalancer.go; IBM's cloud provider for VPC,
 * pkg/vpcctl/cloud_vpc_lb.go; Azure Resource Manager, "Understand how Resource Manager throttles requests"; Google
 * Cloud's Compute API, error resourceNotReady.
 */
const busyCloud =
  /load-?balancer is not yet (?:active|available)\b(?!.*\berrored\b)|is not ACTIVE, current provisioning status: PENDING_|LoadBalancer is busy: \S*_pending\b|RetryableErrorDueToAnotherOperation|\bresourceNotReady\b/;

/** The API server refused to write an object that changed since it was read (apimachinery, api/errors, NewConflict). */
const lostRace = /Operation cannot be fulfilled on .* the object has been modified/;

/**
 * Explanations of texts that many controllers write. Kubernetes' service controller copies them from the messages of
 * the cloud.
 */
export const commonExplanations = once((): readonly EventExplanation[] => [
  {
    reason: /^SyncLoadBalancerFailed$/,
    message: /load-?balancer is not yet active\b.*\berrored\b/,
    cause: 'the cloud failed to make its load balancer',
    advice: '',
    flags: part``,
    needsNewService: true,
    source:
      'https://github.com/digitalocean/digitalocean-cloud-controller-manager/blob/master/cloud-controller-manager/do/loadbalancers.go',
  },
  {
    reason: /^(?:SyncLoadBalancerFailed|UpdateLoadBalancerFailed|(?:Creating|Updating)CloudLoadBalancerFailed)$/,
    message: busyCloud,
    cause: 'the cloud still works on its load balancer',
    advice: 'its controller tries again by itself: wait',
    source: 'https://github.com/kubernetes/cloud-provider-openstack/issues/2066',
  },
  {
    reason: /^(?:SyncLoadBalancerFailed|UpdateLoadBalancerFailed)$/,
    message: lostRace,
    cause: 'something else changed the Service while its controller wrote it',
    advice: 'its controller tries again by itself: wait',
    source: 'https://github.com/harvester/harvester/issues/9019',
  },
  {
    reason: /^(?:Sync(?:External)?LoadBalancerFailed|FailedDeployModel|FailedBuildModel)$/,
    message: /throttl|rate.?limit|too ?many ?requests|RequestLimitExceeded|\b429\b/i,
    cause: "the cloud takes no more calls of the controller's for now",
    advice: 'its controller tries again by itself: wait, and look who else calls the cloud so often',
    source: serviceController,
  },
  {
    reason: /^(?:Sync(?:External)?LoadBalancerFailed|FailedDeployModel|FailedBuildModel)$/,
    message: /quota|LimitExceeded|CountLimitReached|limit (?:is |was |has been )?(?:exceeded|reached)/i,
    cause: 'a quota of the cloud account is used up',
    advice: 'delete load balancers that are no longer needed, or have the quota raised',
    look: cure(command`kubectl skyports prune -A`, 'finds load balancers that SkyPilot clusters left behind'),
    source: serviceController,
  },
  {
    reason: /^(?:Sync(?:External)?LoadBalancerFailed|FailedDeployModel|FailedBuildModel)$/,
    message: /AccessDenied|not authorized|Forbidden|AuthorizationFailed|NotAuthorized|insufficient.*permission/i,
    cause: "the cloud refuses it to the controller's own identity",
    advice: 'give that identity the right that the message names',
    source: serviceController,
  },
  {
    reason: /^(?:Sync(?:External)?LoadBalancerFailed|FailedDeployModel|FailedBuildModel)$/,
    message:
      /\b401\b|unable to authenticate|Unauthenticated|authentication (?:failed|required)|InvalidClientTokenId|SignatureDoesNotMatch|ExpiredToken|AuthFailure|invalid_grant|AADSTS\d+|token (?:is |has )?(?:invalid|expired)|NoCredentialProviders/i,
    cause: "the cloud does not accept the controller's credentials",
    advice: 'renew the token or key that the cloud controller has, in its Secret or its role, and start it again',
    source: 'https://github.com/digitalocean/digitalocean-cloud-controller-manager/issues/62',
  },
  {
    reason: /^(?:Sync(?:External)?LoadBalancerFailed|FailedDeployModel|FailedBuildModel)$/,
    message: /no such host|i\/o timeout|connection refused|TLS handshake timeout|x509: |no route to host/i,
    cause: "the controller does not reach the cloud's API",
    advice: 'see the DNS, the proxy and the firewall of the nodes: its Pod must reach the host that the message names',
    source: serviceController,
  },
  {
    reason: /^SyncLoadBalancerFailed$/,
    message: /mixed protocol/i,
    cause: 'its load balancer takes one protocol only',
    advice: 'take TCP and UDP ports apart into two Services',
    source: serviceController,
  },
  {
    reason: /^UnAvailableLoadBalancer$/,
    cause: 'no node is available for it',
    advice: 'a node has to be Ready, and without the label node.kubernetes.io/exclude-from-external-load-balancers',
    look: cure(
      command`kubectl get nodes -L node.kubernetes.io/exclude-from-external-load-balancers`,
      'shows which nodes are not Ready, or excluded by that label',
    ),
    source: serviceController,
  },
  {
    reason: /^UpdateLoadBalancerFailed$/,
    cause: 'the cloud does not take over which nodes there are, and may lead to nodes that are gone',
    advice: 'its controller tries again by itself, and at every change of the nodes',
    source: serviceController,
  },
  {
    reason: /^DeleteLoadBalancerFailed$/,
    cause: 'the cloud does not delete its load balancer',
    advice: 'the Service stays until the cloud no longer refuses it, for the reason in the message',
    source: serviceController,
  },
]);

/**
 * Whether a warning says that a load balancer is not finished yet. Some controllers return an error until the cloud has
 * made the load balancer, so the event is of type Warning although nothing failed.
 */
export function isStillInProgress({ message }: Pick<Spoken, 'message'>): boolean {
  return busyCloud.test(message) || isLostRace({ message });
}

/** Whether a controller reports that it lost a race for an object. It tries again at once, so this stops no calls. */
export function isLostRace({ message }: Pick<Spoken, 'message'>): boolean {
  return lostRace.test(message);
}

/** The reports, first those that say more than that a load balancer is not finished. They explain more. */
export function failuresFirst<T extends Pick<Spoken, 'message'>>(said: readonly T[]): T[] {
  return said.toSorted((a, b) => Number(isStillInProgress(a)) - Number(isStillInProgress(b)));
}

/** The text of an event or a condition of a Service, and the component that wrote it. */
export interface Spoken {
  readonly reason: string;
  readonly message: string;
  /** The component that wrote the event or the condition, if it is known. */
  readonly by?: string | null;
}

/**
 * The explanation of an event or a condition; undefined if no explanation matches. Several products use the same
 * reason, such as InternalError. So the explanations of a product count only if this product may have written the text.
 * @param speakers the load balancers that may have written the text (`speakersAbout`); undefined means any
 * @param about the Service of the event or condition, and the snapshot; with them, flags that depend on the snapshot
 *   get their values
 */
export function explainEvent(
  { reason: written, message, by }: Spoken,
  speakers?: readonly LoadBalancer[],
  about?: { readonly service: Service; readonly snapshot: Snapshot },
): EventExplanation | undefined {
  // Before Kubernetes 1.14, the service controller used another reason for the same event.
  const reason = written === 'CreatingLoadBalancerFailed' ? 'SyncLoadBalancerFailed' : written;
  const named = by ? allLoadBalancers.filter(({ speaksAs }) => speaksAs?.test(by)) : [];
  const heard = named.length > 0 ? named : (speakers ?? allLoadBalancers);
  const known = [...new Set(heard.flatMap((each) => each.eventExplanations?.() ?? []))];
  const fallbacks = heard.flatMap((each) => each.fallbackExplanations?.() ?? []);
  // If the writer is unknown, the explanations of the service controller rank above a product's explanations without a
  // message.
  const isAnyones = named.length === 0 && speakers === undefined;
  const first = isAnyones ? known.filter((each) => each.message !== undefined) : known;
  const annotations = about?.service.metadata?.annotations ?? {};
  const found = [...first, ...commonExplanations(), ...known, ...fallbacks].find(
    (each) =>
      each.reason.test(reason) &&
      (each.message?.test(message) ?? true) &&
      (each.annotated === undefined || annotations[each.annotated] !== undefined),
  );
  if (!about || !found?.flagsFor) return found;
  return { ...found, flags: found.flagsFor(about.service, about.snapshot) };
}

/** For each condition type of a known product, the status that reports a fault. */
const failureConditions = once(
  (): Readonly<Record<string, string>> =>
    Object.assign({}, ...allLoadBalancers.map((each) => each.failureConditions ?? {})),
);

/** The condition of a Service that reports a missing address; undefined if no condition reports this. */
export function failureConditionOf(service: Service): Condition | undefined {
  return failureConditionsOf(service.status?.conditions)[0];
}

/**
 * The conditions of a Service that report a fault. Conditions of known products come first. For other conditions, the
 * name of the type decides which status is bad. If the type names a fault, such as `Stalled`, status True is bad.
 * Otherwise, status False is bad. Some types are False without a fault, such as `Progressing`. For these, the reason
 * has to name a fault as well.
 */
export function failureConditionsOf(conditions: readonly Condition[] = []): Condition[] {
  if (conditions.length === 0) return [];
  const bad = failureConditions();
  const isKnown = ({ type }: Condition) => Object.hasOwn(bad, type);
  const known = conditions.filter((each) => isKnown(each) && bad[each.type] === each.status);
  return [...known, ...conditions.filter((each) => !isKnown(each) && reportsFault(each))];
}

function reportsFault({ type = '', status, reason = '' }: Condition): boolean {
  // The type without a prefix: `Progressing` for `example.com/Progressing`.
  const name = type.slice(type.lastIndexOf('/') + 1);
  if (name === '') return false;
  if (badWhenTrue.test(name)) return status === 'True';
  return status === 'False' && (!fineWhenFalse.test(name) || failingReason.test(reason));
}

/**
 * Types that name a fault. Their status True is bad: `PortsError`, `Stalled` (kstatus), `NotReady`, `PartiallyInvalid`
 * (Gateway API).
 */
const badWhenTrue =
  /(?:Error|Failed|Failure|Failing|Conflict|Conflicted|Degraded|Pressure|Unavailable|Stalled|Stuck|Invalid|Unhealthy|Abnormal|Blocked|Rejected|Denied|Exhausted|Misconfigured)$|^(?:Not|Missing|Insufficient|Overlapping|Unresolved|Unsupported)[A-Z]/;

/**
 * Types that are usually False without a fault, because they name a process, its end, or an option. Sources:
 * `Progressing` and `Reconciling` (kstatus, Deployment, ClusterOperator), `Issuing` (cert-manager),
 * `AttachedListenerSets` (Gateway API), `Paused` and `Suspended` (Cluster API, Job), `Drifted` and `Consolidatable`
 * (Karpenter), `ScalingLimited` (HorizontalPodAutoscaler), `Evicted` and `Preempted` (Kueue), `DisruptionTarget` (Pod).
 */
const fineWhenFalse =
  /(?:^|[a-z])(?:Progressing|Reconciling|Updating|Upgrading|Upgradeable|Issuing|Renewing|Rotating|Creating|Provisioning|Installing|Initializing|Starting|Restarting|Stopping|Deleting|Terminating|Draining|Resizing|Scaling|Rebalancing|Migrating|Syncing|Waiting|Pending|InProgress|Paused|Suspended|Disabled|Deprecated|Ignored|Superseded|Drifted|Consolidatable|Expired|Empty|Idle|Limited|Evicted|Preempted|Requeued|Deleted|Terminated|Finished|Completed?|ListenerSets|DisruptionTarget|TerminationTarget|Maintenance|Deletable)$/;

/** Reasons that name a fault for any condition type: `ProgressDeadlineExceeded` of a Deployment. */
const failingReason =
  /Fail|Error|Exceeded|Time(?:d)?Out|Invalid|Denied|Forbidden|Refused|Rejected|Conflict|Unavailable/i;
