import { type Cure, command, cure, part } from '../../../errors/cure.ts';
import { portArgument } from '../../../exposure/port-mapping.ts';
import { urlOf } from '../../../exposure/url.ts';
import { allModes } from '../../../modes/all-modes.ts';
import { servePage } from '../../../platforms/controller-pages.ts';
import { isServePort } from '../../../skypilot/controllers.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { type HttpAnswer, lastHttpOf } from '../../../snapshot/probe.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, rankedFindings, type Unseen } from '../../define-check.ts';
import { type Finding, fieldOf } from '../../finding.ts';
import { ownHostCure, redirectOutside } from '../../subjects/app-calls.ts';
import {
  type CalledPort,
  calledPorts,
  calledTopics,
  groupedCalls,
  isBehindProxy,
  notCalled,
  portsOf,
  servicePortsOf,
  unprovedCalls,
} from '../../subjects/called-ports.ts';
import { closedWhy } from '../../subjects/closed-connection.ts';
import { provesNothing, whyUntold } from '../../subjects/known-senders.ts';
import {
  failedAuth,
  globalAuthOf,
  hasAnnotation,
  ingressOf,
  isFailedAuth,
  isKeptOut,
  isOwnAnswer,
  type Judgement,
  keptOut,
  ownAnswer,
  wantsTls,
  whoOf,
  withoutLogin,
} from '../../subjects/own-answer.ts';
import { insideCures, logsCure } from '../../subjects/pod-cures.ts';
import { loopCuresOf, loopWhy } from '../../subjects/redirect-loop.ts';
import { type RedirectFault, redirectFaultOf } from '../../subjects/redirects.ts';
import { replicaCures, replicaLogCure } from '../../subjects/serve-cures.ts';

type Scene = Pick<CheckContext, 'view' | 'subject' | 'namespace'>;

interface WrongAnswer extends Finding, Judgement {}

export const httpAnswers = defineCheck({
  id: 'http-answers',
  group: 'network',
  hop: 'app',
  onPath: true,
  title: 'the app itself answers requests to its URL',
  // If a port does not speak HTTP, the outcome is unknown. With the severity `error`, this would make the whole
  // diagnosis unknown. So the severity is `warning`, and `severityOf` makes serious findings errors.
  severity: 'warning',
  needs: ['services'],
  wants: [...calledTopics, 'controllerPods', 'controllerConfigMaps', 'podProbes'],
  isCall: true,
  after: ['network-policy-allows', 'dns-resolves', 'tcp-connects'],
  docs: () => ({
    means:
      "A `GET` of a port's URL is answered by SkyServe's load balancer itself (503: no replica of the service is ready; 500: it reached none), by the ingress controller or another proxy itself (400, 401, 403, 404, 413, 500, 502, 503, 504; [platforms.md](platforms.md#answers-of-proxies-themselves) has the signs), or by the app with an error of its own (500 and above, a warning), or in ingress mode not within three seconds, or the connection is closed without an answer. Or a redirect leads in a circle, to an https port that does not answer, to another port, or to another host. One redirect is followed: from the http port of the ingress controller to its https port, on the same host. Any other answer is the app's, and healthy. Unknown for a 4xx other than 401 and 403 that may be the controller's own, because the controller is not known or its own answers have no sign. A custom default backend of ingress-nginx answers 404 and 503 like an app. Not known for ports that speak something else than HTTP, and behind a proxy. A 404 or 503 of the controller within a minute after this plugin wrote the Ingress is only info: the controller may not have loaded it yet.",
    matters: 'The address is right, but something other than the app answers.',
    fix: '503 of SkyServe: see which replica is not ready and why, and compare the path, the timeout and the initial delay of its `readiness_probe`. 404: see why the controller leaves the Ingress out (its log, its `--watch-namespace`, its class). 500 of ingress-nginx: the `auth-url` that it asks for a login gives no usable answer. 502 and 504: see whether the app listens, with `--probe=pod`. A redirect in a circle: TLS ends before the controller, which takes every call for plain HTTP; let it believe the load balancer (`use-forwarded-headers`), or stop it from redirecting. The check `app-served-under-prefix` judges redirects of the app out of its path. The log of the app has its own errors.',
    commands: [cure(command`sky logs NAME`, 'shows the log of the app')],
    sources: [
      'ingress-nginx 1.11: rootfs/etc/nginx/template/nginx.tmpl, default server; docs/user-guide/default-backend.md',
      'ingress-nginx rootfs/etc/nginx/lua/lua_ingress.lua: redirect_to_https',
      'sky/serve/load_balancer.py: 503 "No ready replicas", three tries with a pause of 1 to 4 s',
      'sky/serve/constants.py: DEFAULT_INITIAL_DELAY_SECONDS, DEFAULT_READINESS_PROBE_TIMEOUT_SECONDS',
      'RFC 9110, 15: status codes',
    ],
  }),
  notApplicable: notCalled,
  needsHere: () => ['probes'],
  unsettled: (scene) =>
    unprovedCalls(scene, (probe) => lastHttpOf(probe)?.outcome !== 'answered') ??
    otherProtocol(calledPorts(scene)) ??
    untoldAnswer(scene),
  find: (scene): WrongAnswer[] =>
    groupedCalls(
      calledPorts(scene).filter((call) => isWrong(call) || isKeptOut(call, scene)),
      ({ probe }) => {
        const http = lastHttpOf(probe);
        return `${probe.address} ${http?.outcome} ${http?.status} ${http?.page} ${redirectFaultOf(probe)?.kind}`;
      },
    ).map((calls) => {
      const { row, probe } = calls[0]!;
      return {
        about: [clusterKey(row)],
        servicePorts: servicePortsOf(calls),
        objects: row.source,
        evidence: row.source
          .slice(0, 1)
          .map((reference) => fieldOf(reference, `GET ${row.url}`, probe.followed ?? probe.http)),
        ...wrongAnswer(calls, scene),
      };
    }),
  ...rankedFindings,
});

function isWrong({ row, probe }: CalledPort): boolean {
  if (redirectFaultOf(probe)) return redirectOutside({ row, probe }) === undefined;
  const http = lastHttpOf(probe);
  if (!http) return false;
  if (http.outcome === 'answered') return isOwnAnswer(http) || http.wantsTls === true || http.status >= 500;
  if (isBehindProxy(probe)) return false;
  if (isServed(row) && http.outcome === 'silent') return true;
  return http.outcome === 'closed' || allModes[row.mode].answeredBy === 'controller';
}

/** Whether SkyServe's load balancer answers the calls of the port. */
function isServed({ nameOnCloud, port, managedBy }: CalledPort['row']): boolean {
  return managedBy === 'skypilot' && isServePort({ nameOnCloud }, port);
}

function appLogCure(row: CalledPort['row'], what: string): Cure {
  return isServed(row) ? replicaLogCure(what) : logsCure(row.skyCluster, what);
}

function wrongAnswer(calls: readonly CalledPort[], scene: Scene): Judgement {
  const { probe } = calls[0]!;
  const fault = redirectFaultOf(probe);
  if (fault) return wrongRedirect(calls, fault, scene);
  const http = lastHttpOf(probe)!;
  const ofServe = serveAnswer(calls, http);
  if (ofServe) return ofServe;
  if (http.outcome !== 'answered') return noAnswer(calls, http.outcome, scene);
  if (http.wantsTls) return wantsTls(calls, http, scene);
  if (isKeptOut(calls[0]!, scene)) return keptOut(calls, http, scene);
  if (isFailedAuth(calls[0]!, scene)) return failedAuth(calls, http, scene);
  if (isOwnAnswer(http)) return ownAnswer(calls, http, scene);
  const { row } = calls[0]!;
  const untold = whyUntold(http, row, scene.view);
  const [by, why] = untold === undefined ? ['the app', ''] : ['the app or its controller', `; ${untold}`];
  return {
    fact: `${by} answers a call of ${whoOf(calls)} with ${http.status}${why}`,
    severity: 'warning',
    cures: [appLogCure(row, 'shows the log of the app'), ...(untold === undefined ? [] : insideCures(scene.view, row))],
  };
}

/**
 * Explains why it is unknown whether the app answers. For example, a 404 may be from the app itself, for a path that
 * the app does not have.
 */
function untoldAnswer(scene: Scene): Unseen | undefined {
  for (const call of calledPorts(scene)) {
    const http = lastHttpOf(call.probe);
    const why = http && provesNothing(http.status) ? whyUntold(http, call.row, scene.view) : undefined;
    if (why === undefined) continue;
    const { row, probe } = call;
    const elsewhere = new URL('/skyports-no-such-path', row.url ?? `${probe.scheme}://${probe.host}/`).href;
    return {
      reason: `${whoOf([call])} answers ${http!.status}, and ${why}`,
      cures: [
        cure(
          command`curl -si ${elsewhere}`,
          'calls a path that no rule has: if the answer is the same, the app did not send it',
        ),
      ],
    };
  }
  return undefined;
}

/** The judgement of an answer from SkyServe's load balancer. Undefined if the app or another proxy answers. */
function serveAnswer(calls: readonly CalledPort[], { outcome, status, page }: HttpAnswer): Judgement | undefined {
  const { row } = calls[0]!;
  const who = whoOf(calls);
  const cures = replicaCures();
  if (outcome === 'silent' && isServed(row)) {
    const fact = `a call of ${who} gets no answer within 3 s: SkyServe's load balancer tries for longer if no replica of the service is ready`;
    return { fact, severity: 'warning', cures };
  }
  if (outcome !== 'answered' || (page !== servePage && (page || !isServed(row)))) return undefined;
  const said = `SkyServe's load balancer answers a call of ${who} with ${status}`;
  if (page === servePage) {
    const why = status === 503 ? 'no replica of the service is ready' : 'it reached no replica in three tries';
    return { fact: `${said}: ${why}`, severity: 'error', cures };
  }
  const why =
    status === 503
      ? 'no replica of the service is ready, or this is the answer of the replica itself'
      : 'it did not reach a replica, or this is the answer of the replica itself';
  return { fact: `${said}: ${why}`, severity: status === 503 ? 'error' : 'warning', cures };
}

/**
 * Why the result is unknown for ports that do not answer with HTTP. An open port is enough if no proxy is between the
 * callers and the app.
 */
function otherProtocol(calls: readonly CalledPort[]): string | undefined {
  const mute = calls.filter(
    (call) => call.probe.http && call.probe.http.outcome !== 'answered' && !isBehindProxy(call.probe) && !isWrong(call),
  );
  if (mute.length === 0) return undefined;
  return `${portsOf(mute)} accepts connections, but no HTTP was detected from here`;
}

function noAnswer(
  calls: readonly CalledPort[],
  outcome: Exclude<HttpAnswer['outcome'], 'answered'>,
  scene: Scene,
): Judgement {
  const call = calls[0]!;
  const { row, probe } = call;
  const isController = allModes[row.mode].answeredBy === 'controller';
  const who = isController ? `the controller at ${probe.host}` : `${probe.address}:${probe.port}`;
  const taken = `${who} accepts a call of ${whoOf(calls)}`;
  if (outcome === 'closed') {
    const { why, cures } = closedWhy(call, scene);
    const fact = `${taken} and closes the connection without an answer${why ? `: ${why}` : ''}`;
    return { fact, severity: isController ? 'error' : 'warning', cures };
  }
  const cures = insideCures(scene.view, row);
  const how = outcome === 'silent' ? 'does not answer within 3 s' : 'answers with something that is not HTTP';
  return { fact: `${taken} and ${how}`, severity: 'warning', cures };
}

function wrongRedirect(calls: readonly CalledPort[], fault: RedirectFault, scene: Scene): Judgement {
  const call = calls[0]!;
  const { row } = call;
  const isController = allModes[row.mode].answeredBy === 'controller';
  const isOwn = isController && Boolean(fault.answer.page);
  const isUntold = whyUntold(fault.answer, row, scene.view) !== undefined;
  const by = isOwn ? `${fault.answer.page} itself` : isUntold ? 'the app or its controller' : 'the app';
  const said = `${by} ${fault.text} (${fault.answer.status} of ${row.url}, ${portsOf(calls)})`;
  const signIn = fault.kind === 'other-host' && hasAnnotation(ingressOf(row, scene), /\/auth-signin$/);
  const asks = fault.kind === 'other-host' && isController ? globalAuthOf(row, scene) : undefined;
  if (asks) {
    const look = cure(command`curl -sI ${row.url ?? ''}`, 'shows the redirect; a browser can sign in there');
    const fact = `${said}: ${asks} requires a login for every Ingress`;
    return { fact, severity: 'info', cures: [look, ...withoutLogin(row)] };
  }
  if (signIn) {
    const look = cure(command`curl -sI ${row.url ?? ''}`, 'shows the redirect; a browser can sign in there');
    return { fact: `${said}: its Ingress requires callers to sign in`, severity: 'info', cures: [look] };
  }
  if (fault.kind === 'loop') {
    const why = loopWhy(call, scene);
    return { fact: why ? `${said}: ${why}` : said, severity: 'error', cures: loopCuresOf(call, isOwn, scene) };
  }
  const { severity } = fault;
  if (fault.kind === 'out-of-path') return { fact: said, severity, cures: outOfPath(row) };
  if (fault.kind === 'https-dead' || (fault.kind === 'other-port' && isController)) {
    return { fact: said, severity, cures: [...byHttps(call, fault), ...loopCuresOf(call, true, scene)] };
  }
  const forward = command`kubectl skyports forward ${operandOf(row)} ${row.port} -n ${row.namespace}`;
  return {
    fact: said,
    severity,
    cures: [
      appLogCure(row, 'shows the log of the app; tell the app the address that callers use'),
      cure(forward, 'reaches it at localhost'),
    ],
  };
}

/** A cure that calls the https port of the controller. It differs from the port in the redirect if nodePorts are used. */
function byHttps({ probe }: CalledPort, { kind }: RedirectFault): Cure[] {
  const { httpsPort, host, path } = probe;
  if (kind !== 'other-port' || httpsPort === undefined) return [];
  return [cure(command`curl -k ${urlOf('https', host, httpsPort, path) ?? ''}`, 'calls its https port')];
}

/** Cures for a redirect to a path outside of the URL's path, if the controller itself sends this redirect. */
function outOfPath(row: CalledPort['row']): Cure[] {
  const expose = (flags: ReturnType<typeof part>) =>
    command`kubectl skyports expose ${operandOf(row)} ${portArgument(row)} -n ${row.namespace} ${flags}`;
  return [ownHostCure(row), cure(expose(part`--mode loadbalancer`), 'opens it without a path')];
}
