import type { Service } from 'kubernetes-types/core/v1';
import { exposeModes } from '../exposure/port-mode-names.ts';
import { isCountedAtOnce } from '../exposure/quotas.ts';
import { indexSnapshot } from '../exposure/snapshot-index.ts';
import { allModes } from '../modes/all-modes.ts';
import { podip } from '../modes/podip/mode.ts';
import type { PossibleMode } from '../modes/port-mode.ts';
import { nothingGivesAddresses } from '../platforms/missing-implementation.ts';
import { portsOfSkyConfig } from '../skypilot/config.ts';
import { controllerService, kindContext } from '../skypilot/names.ts';
import { createMemo, type Memo } from '../snapshot/memo.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf, type Observation } from '../snapshot/topics.ts';
import type { CheckContext, PlannedObjects, Subject } from './check-context.ts';
import type { Check } from './define-check.ts';
import { judge, outcomeOf, rootCausesOf } from './judge.ts';
import { plannedObjects } from './subjects/planned-objects.ts';
import { firstFact, whatIsMissing } from './summary.ts';

const none: Observation<never> = { observed: true, items: [], resourceVersion: '', cutOff: false };

/**
 * Checks whether each mode is possible in the Kubernetes cluster. Faults of single SkyPilot clusters do not count.
 * @param asked the subject that the user named, with the objects that its mode would write
 * @param shared what an earlier run computed from the same lists
 */
export function possibleModes(
  checks: readonly Check[],
  snapshot: Snapshot,
  asked?: Subject,
  shared: Memo = createMemo(),
): PossibleMode[] {
  const { topics } = snapshot;
  const empty = { ...topics, pods: none, services: none, ingresses: none, endpointSlices: none };
  const services = snapshot.namespace === null ? controllersAmong(topics.services) : none;
  const unused: Snapshot = { ...snapshot, topics: { ...empty, services } };
  const infrastructure = checks.filter(({ group }) =>
    ['context', 'load-balancer', 'ingress', 'controller'].includes(group),
  );
  const { resourceQuotas, webhooks, mutatingWebhooks } = topics;
  const view = resourceQuotas.observed ? indexSnapshot(snapshot, { shared }) : undefined;
  // The checks of all modes read almost the same data, so the modes share the indices.
  const sharedUnused = createMemo();
  const planFor = (cluster: Subject) => {
    if (!view) return undefined;
    const decides = [resourceQuotas, webhooks, mutatingWebhooks].some((each) => itemsOf<unknown>(each).length > 0);
    return decides ? plannedObjects(view, cluster, undefined) : undecided;
  };
  return exposeModes.map((mode) => {
    const cluster: Subject = { skyCluster: undefined, ports: undefined, mode };
    const planned = asked?.mode === mode ? asked.planned : planFor(cluster);
    const subject = { ...cluster, planned };
    const skip = isServedUnseen(checks, snapshot, cluster, shared) ? [controllerRuns] : [];
    const verdicts = judge(infrastructure, unused, subject, { only: undefined, skip }, sharedUnused);
    const outcome = outcomeOf(verdicts);
    // If the API server does not answer, no mode can be judged.
    if (rootCausesOf(verdicts).includes('api-server-answers')) {
      return { mode, possible: 'cannot tell', reason: 'the API server did not answer' };
    }
    if (outcome === 'problems') return { mode, possible: 'no', reason: firstFact(verdicts) };
    if (outcome === 'unknown') return { mode, possible: 'cannot tell', reason: whatIsMissing(verdicts) };
    const doubt = verdicts.find(
      ({ check, outcome: of }) => of === 'fail' && check.id === 'load-balancer-implementation',
    );
    // The check load-balancer-implementation does not read all Services. The other Services may show that load
    // balancers get addresses.
    if (doubt && nothingGivesAddresses(snapshot))
      return { mode, possible: 'cannot tell', reason: doubt.findings[0]!.message };
    const open = subject.planned === asked?.planned ? unseenQuotas(snapshot, subject) : undefined;
    return { mode, ...allModes[mode].possible(snapshot), ...(open && { open }) };
  });
}

/**
 * What a `yes` does not cover: the quotas, if the file has neither quotas nor a dry run of each object. The API server
 * checks a dry run against the quotas.
 */
function unseenQuotas(
  { topics: { resourceQuotas, dryRuns } }: Snapshot,
  { mode, planned }: Subject,
): string | undefined {
  const isWritten = planned !== undefined && Object.keys(planned.counts).length > 0;
  if (!isWritten || resourceQuotas.observed || resourceQuotas.reason !== 'not-collected') return undefined;
  const tried = itemsOf(dryRuns).filter((each) => each.mode === mode && each.outcome === 'accepted');
  if (tried.length > 0 && isCountedAtOnce(tried.map(({ counts }) => counts))) return undefined;
  return 'cannot tell about quotas, because the file has no ResourceQuotas';
}

const controllerRuns = 'ingress-controller-running';

/**
 * Stands for the objects of a mode. It contains no amounts and no namespaces, so checks of quotas and webhooks find
 * nothing.
 */
const undecided: PlannedObjects = { namespaces: [], counts: {} };

/**
 * Whether an Ingress has an address although no Pod of its controller was seen. The check `ingress-controller-running`
 * then has findings, and all of them have the severity info. This function reads the Ingresses of the whole snapshot.
 */
function isServedUnseen(checks: readonly Check[], snapshot: Snapshot, subject: Subject, shared: Memo): boolean {
  const [verdict] = judge(
    checks.filter(({ id }) => id === controllerRuns),
    snapshot,
    subject,
    { only: undefined, skip: [] },
    shared,
  );
  const findings = verdict?.findings ?? [];
  return findings.length > 0 && findings.every(({ severity }) => severity === 'info');
}

/**
 * The Services that may belong to controllers. If all namespaces were listed, they are in the same list as other
 * Services.
 */
function controllersAmong(services: Observation<Service>): Observation<Service> {
  if (!services.observed) return services;
  const items = services.items.filter(
    ({ metadata }) =>
      metadata?.namespace === controllerService.namespace || metadata?.labels?.['app.kubernetes.io/name'] !== undefined,
  );
  return { ...services, items };
}

/**
 * Whether the user names podip mode, or SkyPilot's configuration sets it. No object in the Kubernetes cluster shows
 * this mode.
 */
export function isPodIpMode({
  context,
  subject,
  perhaps,
}: Pick<CheckContext<never, 'skyConfig'>, 'context' | 'subject' | 'perhaps'>): boolean {
  if (subject.mode) return subject.mode === podip.name;
  if (context === kindContext) return false;
  return portsOfSkyConfig(itemsOf(perhaps.skyConfig), context).ports?.value === podip.skyPilotPorts;
}
