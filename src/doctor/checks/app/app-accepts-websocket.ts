import { startCommandOf } from '../../../apps/start-command.ts';
import { advice, type Cure, command, cure, part } from '../../../errors/cure.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import type { WebsocketAnswers } from '../../../snapshot/probe.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { type AppCall, appCalls, appPlaceOf, exposeIngress } from '../../subjects/app-calls.ts';
import { calledTopics, groupedCalls, notCalled, portsOf, servicePortsOf } from '../../subjects/called-ports.ts';
import { ingressOf } from '../../subjects/own-answer.ts';

type Scene = Pick<CheckContext, 'view' | 'subject' | 'namespace'>;

/** The annotation that makes ingress-nginx replace the Host header. */
const hostAnnotation = 'nginx.ingress.kubernetes.io/upstream-vhost';

export const appAcceptsWebsocket = defineCheck({
  id: 'app-accepts-websocket',
  group: 'app',
  onPath: true,
  title: 'the app accepts websockets from its own page, and only from there',
  severity: 'error',
  needs: ['services'],
  wants: [...calledTopics, 'controllerPods'],
  isCall: true,
  after: ['network-policy-allows', 'dns-resolves', 'tcp-connects', 'http-answers', 'app-accepts-host'],
  docs: () => ({
    means:
      "The page of a recognized app needs a websocket, and a handshake at the URL is not accepted: the app refuses the site of its own URL (Origin), or the answer shows that the Upgrade header got lost on the way. Two handshakes are tried, one with the Origin of the URL and one with another site, and closed at once. No handshake is tried if the app is not recognized, if it needs a token, or if a handshake takes over a user's session, as in marimo. For JupyterLab, which needs a token, it is a warning if the Ingress replaces the Host header: JupyterLab then refuses the websocket. It is info if an app without a login also accepts the other site.",
    matters:
      "The page loads and then stays empty or does not react. If an app without a login accepts other sites, any web page that one of its users opens can control it through the user's browser.",
    fix: 'Proxies have to pass the Host header on unchanged, since apps compare it with the Origin, and have to pass Upgrade and Connection on. Some apps have an option for allowed origins.',
    sources: [
      'RFC 6455, 4.1 and 10.2: handshake, Origin',
      'https://docs.bokeh.org/en/latest/docs/user_guide/server/server_deploy.html: --allow-websocket-origin',
      'ingress-nginx docs/user-guide/nginx-configuration/annotations.md: upstream-vhost',
    ],
  }),
  notApplicable: (scene) =>
    notCalled(scene) ??
    (triedCalls(scene).length === 0 && untriedFaults(scene).length === 0
      ? 'no app was recognized whose websocket can be tried without effects'
      : undefined),
  needsHere: () => ['probes'],
  unsettled(scene) {
    const [open] = triedCalls(scene).filter(({ websocket }) => kindOf(websocket) === 'untold');
    return (
      open &&
      `${open.app!.title} answers ${open.websocket.own.status} to a websocket handshake at ${open.websocket.path}, which may be another path than its own`
    );
  },
  find: (scene): RankedFinding[] => {
    const faulty = triedCalls(scene).flatMap((call) => {
      const fault = faultOf(call, scene);
      return fault ? [{ ...call, fault }] : [];
    });
    const tried = groupedCalls(faulty, ({ row }) => row.url ?? '').map((group) => {
      const { row, fault, websocket } = group[0] as (typeof faulty)[number];
      return {
        about: [clusterKey(row)],
        servicePorts: servicePortsOf(group),
        objects: row.source,
        evidence: row.source.slice(0, 1).map((reference) => fieldOf(reference, `GET ${websocket.path}`, websocket)),
        ...fault,
      };
    });
    return [...tried, ...untriedFaults(scene)];
  },
  ...rankedFindings,
});

interface TriedCall extends AppCall {
  readonly websocket: WebsocketAnswers;
}

function triedCalls(scene: Scene): TriedCall[] {
  return appCalls(scene).flatMap((call) => {
    const { websocket } = call.probe;
    return websocket && call.app ? [{ ...call, websocket }] : [];
  });
}

/**
 * What the answer to a handshake shows. `lost`: the app answered as to a plain GET, so a proxy has removed the Upgrade
 * header. A 404 shows nothing, because the app may be served at an unusual path. A 400 of socket.io shows nothing
 * either.
 */
function kindOf({ own, path }: WebsocketAnswers): 'accepted' | 'refused' | 'lost' | 'closed' | 'proxy' | 'untold' {
  if (own.outcome !== 'answered') return 'closed';
  if (own.status === 101) return 'accepted';
  if (own.page) return 'proxy';
  if (own.status === 403) return 'refused';
  const isLost = [200, 426].includes(own.status) || (own.status === 400 && !path.includes('socket.io'));
  return isLost ? 'lost' : 'untold';
}

function faultOf(call: TriedCall, scene: Scene): Pick<RankedFinding, 'fact' | 'severity' | 'cures'> | undefined {
  const { app, row, websocket } = call;
  const { own, foreign } = websocket;
  const title = app!.title;
  const at = `at ${row.url} (${portsOf([call])})`;
  switch (kindOf(websocket)) {
    case 'accepted':
      if (foreign?.status !== 101 || app!.authentication !== 'none') return undefined;
      return {
        fact: `${title} ${at} has no login and accepts websockets of other sites: a web page that a user opens can control it`,
        severity: 'info',
        cures: [forwardCure(row)],
      };
    case 'refused':
      return {
        fact: `${title} refuses the websocket of its own page ${at} with 403${rewritesHost(row, scene) ? ', because its Ingress replaces the Host header (upstream-vhost)' : ''}`,
        severity: 'error',
        cures: refusalCures(call, scene),
      };
    case 'lost':
      return {
        fact: `${title} answers ${own.status} to a websocket handshake ${at}, as if it was a plain GET: a proxy on the way drops the Upgrade header`,
        severity: 'error',
        cures: [passOn],
      };
    case 'proxy':
      return {
        fact: `${own.page} itself answers ${own.status} to the websocket handshake of ${title} ${at}`,
        severity: 'error',
        cures: [passOn],
      };
    case 'closed':
      return {
        fact: `the connection is closed when the page of ${title} ${at} opens its websocket`,
        severity: 'warning',
        cures: [passOn],
      };
    case 'untold':
      return undefined;
  }
}

/** Apps whose websocket cannot be tried, behind an Ingress that gives them another host than the page has. */
function untriedFaults(scene: Scene): RankedFinding[] {
  const faulty = appCalls(scene).filter(({ app, probe, row }) => {
    if (probe.websocket || !app?.websocket?.comparesHost) return false;
    const host = hostInstead(row, scene);
    // A variable of nginx may be the host of the caller.
    return host !== undefined && host !== new URL(row.url!).host && !host.includes('$');
  });
  return groupedCalls(faulty, ({ row }) => row.url ?? '').map((group) => {
    const call = group[0] as AppCall;
    const { row, app } = call;
    const host = hostInstead(row, scene)!;
    return {
      about: [clusterKey(row)],
      objects: row.source,
      evidence: row.source.slice(0, 1).map((reference) => fieldOf(reference, hostAnnotation, host)),
      fact: `the Ingress of ${row.url} (${portsOf([call])}) replaces the Host header by ${host} (upstream-vhost), and ${app!.title} refuses websockets of pages from another host`,
      severity: 'warning',
      cures: refusalCures(call, scene),
    };
  });
}

function hostInstead(row: AppCall['row'], scene: Scene): string | undefined {
  return ingressOf(row, scene)?.metadata?.annotations?.[hostAnnotation];
}

const rewritesHost = (row: AppCall['row'], scene: Scene) => hostInstead(row, scene) !== undefined;

function refusalCures(call: AppCall, scene: Scene): readonly Cure[] {
  const { app, row } = call;
  if (rewritesHost(row, scene)) {
    const without = part`--annotation ${`${hostAnnotation}-`}`;
    return row.managedBy === 'kubectl-skyports'
      ? [cure(exposeIngress(row, without), 'lets the Host header of callers reach the app')]
      : [cure(exposeIngress(row), 'opens a path that passes the Host header on')];
  }
  const start = startCommandOf(app!, appPlaceOf(call, scene));
  const knowsHost = Object.values(app!.start).some((template) => template.includes('{host}'));
  const hint =
    start !== undefined && knowsHost
      ? `start ${app!.title} with: ${start}`
      : 'let every proxy on the way pass the Host header on unchanged, since the app compares it with the Origin';
  return [advice(hint)];
}

/** The cure for proxies that refuse websockets, or remove their headers. */
const passOn = advice(
  'let every proxy and load balancer on the way pass on the headers Upgrade and Connection, with HTTP/1.1',
);

function forwardCure(row: AppCall['row']): Cure {
  const forward = command`kubectl skyports forward ${operandOf(row)} ${row.port} -n ${row.namespace}`;
  return cure(forward, 'reaches it without an open port');
}
