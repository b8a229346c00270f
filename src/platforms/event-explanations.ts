import type { Service } from 'kubernetes-types/core/v1';
import type { Condition } from 'kubernetes-types/meta/v1';
import { command, cure } from '../errors/cure.ts';
import { allLoadBalancers } from './all-platforms.ts';
import type { EventExplanation, LoadBalancer } from './platform.ts';

const serviceController = 'https://github.com/kubernetes/cloud-provider/blob/master/controllers/service/controller.go';

/** Texts that many controllers write, because the service controller passes on the cloud's message. */
export const commonExplanations: readonly EventExplanation[] = [
  {
    reason: /^(?:SyncLoadBalancerFailed|FailedDeployModel|FailedBuildModel)$/,
    message: /throttl|rate.?limit|too ?many ?requests|RequestLimitExceeded|\b429\b/i,
    cause: "the cloud takes no more calls of the controller's for now",
    advice: 'its controller tries again by itself: wait, and look who else calls the cloud so often',
    source: serviceController,
  },
  {
    reason: /^(?:SyncLoadBalancerFailed|FailedDeployModel|FailedBuildModel)$/,
    message: /quota|LimitExceeded|CountLimitReached|limit (?:is |was |has been )?(?:exceeded|reached)/i,
    cause: 'a quota of the cloud account is used up',
    advice: 'delete load balancers that are no longer needed, or have the quota raised',
    look: cure(command`kubectl skyports prune -A`, 'finds load balancers that SkyPilot clusters left behind'),
    source: serviceController,
  },
  {
    reason: /^(?:SyncLoadBalancerFailed|FailedDeployModel|FailedBuildModel)$/,
    message: /AccessDenied|not authorized|Forbidden|AuthorizationFailed|NotAuthorized|insufficient.*permission/i,
    cause: "the cloud refuses it to the controller's own identity",
    advice: 'give that identity the right that the message names',
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
    cause: 'the cloud does not take over which nodes there are',
    advice: 'do what the message says; until then it may lead to nodes that are gone',
    source: serviceController,
  },
  {
    reason: /^DeleteLoadBalancerFailed$/,
    cause: 'the cloud does not delete its load balancer',
    advice: 'the Service stays until it does: do what the message says',
    source: serviceController,
  },
];

/** Specific explanations before common ones; the first that matches counts. */
const eventExplanations: readonly EventExplanation[] = [
  ...new Set(allLoadBalancers.flatMap((each) => each.eventExplanations ?? [])),
  ...commonExplanations,
];

/**
 * What the reason and the message of an event or a condition mean; undefined if no explanation matches.
 *
 * @param seen the load balancers that were detected; may be empty. Explanations of other load balancers must match the
 *   message too, because several controllers use a reason such as InternalError
 */
export function explainEvent(
  reason: string,
  message: string,
  seen: readonly LoadBalancer[] = [],
): EventExplanation | undefined {
  const near = new Set([...seen.flatMap((each) => each.eventExplanations ?? []), ...commonExplanations]);
  return eventExplanations.find(
    (each) =>
      each.reason.test(reason) && (each.message ? each.message.test(message) : seen.length === 0 || near.has(each)),
  );
}

const failureConditions: Readonly<Record<string, string>> = Object.assign(
  {},
  ...allLoadBalancers.map((each) => each.failureConditions ?? {}),
);

/** The condition of a Service that reports a missing address; undefined if there is none. */
export function failureConditionOf(service: Service): Condition | undefined {
  return service.status?.conditions?.find(
    ({ type, status }) => Object.hasOwn(failureConditions, type) && failureConditions[type] === status,
  );
}
