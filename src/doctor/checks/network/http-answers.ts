import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { type Cure, command, cure, part } from '../../../errors/cure.ts';
import { isUnloadedPage, mayBeUnloaded } from '../../../exposure/last-applied.ts';
import { allModes } from '../../../modes/all-modes.ts';
import { servePage } from '../../../platforms/controller-pages.ts';
import { isServePort } from '../../../skypilot/controllers.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import type { AddressProbe } from '../../../snapshot/probe.ts';
import { listed } from '../../../snapshot/text.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type Severity } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import {
  type CalledPort,
  calledPorts,
  calledTopics,
  groupedCalls,
  isBehindProxy,
  notCalled,
  portsOf,
  unprovedCalls,
} from '../../subjects/called-ports.ts';
import { watchedNamespaceOf } from '../../subjects/ingress-controller-pods.ts';
import { logsCure, probePodCure } from '../../subjects/pod-cures.ts';
import { replicaCures } from '../../subjects/serve-cures.ts';

export const httpAnswers = defineCheck({
  id: 'http-answers',
  group: 'network',
  onPath: true,
  title: 'the app itself answers requests to its URL',
  // Unknown if a port speaks another protocol than HTTP, which is allowed. So only some findings are errors.
  severity: 'warning',
  needs: ['services'],
  wants: [...calledTopics, 'controllerPods'],
  isCall: true,
  after: ['network-policy-allows', 'dns-resolves', 'tcp-connects'],
  docs: {
    means:
      "A `GET` of a port's URL is answered by SkyServe's load balancer itself (503: no replica of the service is ready; 500: it reached none), by the ingress controller itself (404: no rule of it matches; 503: nothing ready behind the rule; 502 and 504: the app was not reached), or by the app with an error of its own (500 and above, a warning), or in ingress mode not within three seconds. Any other answer is the app's, and healthy. Not known for ports that speak something else than HTTP, and behind a proxy. A 404 or 503 of the controller within a minute after this plugin wrote the Ingress is only info: the controller may not have loaded it yet.",
    matters: 'The address is right, but something other than the app answers.',
    fix: '503 of SkyServe: see which replica is not ready and why, and compare the path, the timeout and the initial delay of its `readiness_probe`. 404: see why the controller leaves the Ingress out (its log, its `--watch-namespace`, its class). 502 and 504: see whether the app listens, with `--probe=pod`. The log of the app has its own errors.',
    commands: [cure(command`sky logs NAME`, 'shows the log of the app')],
    sources: [
      'ingress-nginx 1.11: rootfs/etc/nginx/template/nginx.tmpl, default server; docs/user-guide/default-backend.md',
      'sky/serve/load_balancer.py: 503 "No ready replicas", three tries with a pause of 1 to 4 s',
      'sky/serve/constants.py: DEFAULT_INITIAL_DELAY_SECONDS, DEFAULT_READINESS_PROBE_TIMEOUT_SECONDS',
      'RFC 9110, 15: status codes',
    ],
  },
  notApplicable: notCalled,
  needsHere: () => ['probes'],
  unsettled: (scene) =>
    unprovedCalls(scene, (probe) => probe.http?.outcome !== 'answered') ?? otherProtocol(calledPorts(scene)),
  find: (scene) =>
    groupedCalls(
      calledPorts(scene).filter(({ row, probe }) => isWrong(row, probe)),
      ({ probe }) => `${probe.address} ${probe.http?.status} ${probe.http?.page}`,
    ).map((calls) => {
      const { row, probe } = calls[0]!;
      return {
        about: [clusterKey(row)],
        objects: row.source,
        evidence: row.source.slice(0, 1).map((reference) => fieldOf(reference, `GET ${row.url}`, probe.http)),
        calls,
        probe,
        loads: isLoading(scene, row, probe),
        watched: probe.http?.status === 404 ? namespaceLeftOut(scene, row.namespace) : undefined,
        controller: itemsOf(scene.perhaps.controllerPods)[0]?.metadata,
      };
    }),
  say: ({ calls, probe, loads, watched }) =>
    `${whatCame(calls, probe)}${loads ? ', and it may not have loaded the rule yet' : watched ? `: it watches namespace ${watched} alone` : ''}`,
  cures: ({ calls, probe, loads, controller }) =>
    loads ? [waitCure(calls[0]!)] : curesFor(calls[0]!, probe, controller),
  severityOf: ({ calls, probe, loads }) => (loads ? 'info' : severityOf(calls[0]!, probe)),
});

function isWrong(row: CalledPort['row'], { http, proxy }: AddressProbe): boolean {
  if (!http) return false;
  if (http.outcome === 'answered') return http.page !== null && http.page !== undefined ? true : http.status >= 500;
  const mustAnswer = allModes[row.mode].answeredBy === 'controller' || (isServed(row) && http.outcome === 'silent');
  return mustAnswer && typeof proxy !== 'string';
}

/** In the first minute after this plugin wrote the Ingress, the controller's page is not a fault. */
function isLoading({ view }: Pick<CheckContext, 'view'>, row: CalledPort['row'], { http }: AddressProbe): boolean {
  return (
    Boolean(http?.page) && http!.page !== servePage && isUnloadedPage(http!.status) && mayBeUnloaded(row, view.snapshot)
  );
}

function waitCure({ row }: CalledPort): Cure {
  const waiting = command`kubectl skyports doctor ${operandOf(row)} ${row.port} -n ${row.namespace} --wait`;
  return cure(waiting, 'waits: the controller takes a moment after a change');
}

function severityOf({ row }: CalledPort, { http }: AddressProbe): Severity {
  return http?.page || (isServed(row) && http?.status === 503) ? 'error' : 'warning';
}

/** Whether SkyServe's load balancer takes the calls of the port. */
function isServed({ nameOnCloud, port, managedBy }: CalledPort['row']): boolean {
  return managedBy === 'skypilot' && isServePort({ nameOnCloud }, port);
}

/** An open port is enough if callers reach the app itself. */
function otherProtocol(calls: readonly CalledPort[]): string | undefined {
  const mute = calls.filter(
    ({ row, probe }) =>
      probe.http && probe.http.outcome !== 'answered' && !isBehindProxy(probe) && !isWrong(row, probe),
  );
  if (mute.length === 0) return undefined;
  return `${portsOf(mute)} accepts connections, but no HTTP was detected from here`;
}

function whatCame(calls: readonly CalledPort[], { http, host }: AddressProbe): string {
  const { row } = calls[0]!;
  const who = `${row.url} (${portsOf(calls)})`;
  const { status = 0, page, outcome } = http ?? {};
  if (outcome !== 'answered' && isServed(row))
    return `a call of ${who} gets no answer within 3 s: SkyServe's load balancer tries for longer if no replica of the service is ready`;
  if (outcome !== 'answered')
    return `the controller at ${host} takes the call of ${who} and does not answer within 3 s`;
  if (page === servePage && status === 503)
    return `SkyServe's load balancer answers a call of ${who} with 503: no replica of the service is ready`;
  if (page === servePage)
    return `SkyServe's load balancer answers a call of ${who} with ${status}: it did not reach a replica in three tries`;
  if (!page && isServed(row))
    return `SkyServe's load balancer answers a call of ${who} with ${status}: ${status === 503 ? 'no replica of the service is ready, or the replica itself answers so' : 'it did not reach a replica, or the replica itself answers so'}`;
  if (!page) return `the app answers a call of ${who} with ${status}`;
  const why: Readonly<Record<number, string>> = {
    404: 'no rule of it matches the call',
    503: 'it has nothing ready behind the rule',
    502: 'it did not reach the app',
    504: 'the app did not answer it in time',
  };
  return `${page} itself answers a call of ${who} with ${status}: ${why[status]}`;
}

/** The namespace that the controller watches, if the Ingress is in another one. */
function namespaceLeftOut({ view }: Pick<CheckContext, 'view'>, namespace: string): string | undefined {
  const watched = itemsOf(view.snapshot.topics.controllerPods).flatMap((pod) => watchedNamespaceOf(pod) ?? []);
  return watched.length > 0 && !watched.includes(namespace) ? listed(watched) : undefined;
}

function curesFor({ row }: CalledPort, { http }: AddressProbe, controller: ObjectMeta | undefined): readonly Cure[] {
  if (http?.page === servePage || (!http?.page && isServed(row))) return replicaCures();
  if (!http?.page) {
    return http?.outcome === 'answered' ? [logsCure(row.skyCluster, 'shows the log of the app')] : [probePodCure(row)];
  }
  if (http.status === 404) {
    const { namespace = 'ingress-nginx', name } = controller ?? {};
    const pods = name === undefined ? part`-l app.kubernetes.io/component=controller` : part`${name}`;
    const note =
      "shows why it leaves the Ingress out; its --watch-namespace must name the Ingress's namespace or be absent";
    return [cure(command`kubectl logs ${pods} -n ${namespace} --tail=50`, note)];
  }
  if (http.status === 503) {
    const note = 'shows what is ready behind the Services; the controller may take a moment after a change';
    return [cure(command`kubectl get endpointslices -n ${row.namespace}`, note)];
  }
  return [probePodCure(row)];
}
