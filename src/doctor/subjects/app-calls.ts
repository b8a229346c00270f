import { appNamed } from '../../apps/all-apps.ts';
import type { App } from '../../apps/app.ts';
import type { AppPlace } from '../../apps/start-command.ts';
import { type CommandPart, type Cure, command, cure, part } from '../../errors/cure.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { portArgument } from '../../exposure/port-mapping.ts';
import { ingress } from '../../modes/ingress/mode.ts';
import type { PathShape } from '../../modes/ingress/paths.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { type HttpAnswer, type LinkKind, type LinkOutside, lastHttpOf } from '../../snapshot/probe.ts';
import { withoutFinalSlash } from '../../snapshot/text.ts';
import { type CheckContext, clusterKey, endpointsOf } from '../check-context.ts';
import { type CalledPort, calledPorts, portsOf } from './called-ports.ts';
import { podPortOf } from './inside.ts';
import { whyUntold } from './known-senders.ts';
import { type RedirectFault, redirectFaultOf } from './redirects.ts';

type Scene = Pick<CheckContext, 'view' | 'subject'>;

/** A call that the app of a port answered, not a proxy before the app. */
export interface AppCall extends CalledPort, PathShape {
  readonly http: HttpAnswer;
  /** The answer that a browser shows. If the app redirected, and the redirect was followed, it is the last answer. */
  readonly shown: HttpAnswer;
  /** The app that sent the answer; undefined if the app was not recognized. */
  readonly app: App | undefined;
}

/**
 * The calls that apps answered. A redirect with an unknown sender counts, because only a few controllers send
 * redirects.
 */
export function appCalls(scene: Scene): AppCall[] {
  return calledPorts(scene).flatMap((call) => {
    const { row, probe } = call;
    const http = lastHttpOf(probe);
    if (http?.outcome !== 'answered' || http.page || row.url === null) return [];
    const { landing } = probe;
    const shown = landing?.outcome === 'answered' && !landing.page ? landing : http;
    const name = http.app ?? shown.app;
    const app = name ? appNamed(name) : undefined;
    if (!app && http.status >= 400 && whyUntold(http, row, scene.view) !== undefined) return [];
    return [{ ...call, http, shown, app, ...placeIn(row.url) }];
  });
}

/**
 * The prefix of a port's URL. The URL ends with a slash if the Ingress removes the prefix (calledPathOf in
 * modes/ingress).
 */
function placeIn(url: string): PathShape {
  const { pathname } = new URL(url);
  const prefix = withoutFinalSlash(pathname);
  return { prefix, rewrite: prefix !== '' && pathname.endsWith('/') ? 'strip' : 'keep' };
}

/** The redirect of an app to a path outside of its own path; undefined if the app sends no such redirect. */
export function redirectOutside({ probe }: CalledPort): RedirectFault | undefined {
  const fault = redirectFaultOf(probe);
  return fault?.kind === 'out-of-path' && !fault.answer.page ? fault : undefined;
}

/** The kinds of links that a page needs to work. */
const neededKinds: readonly LinkKind[] = ['script', 'style', 'frame'];

/** The links that a page needs to work. */
export function neededOf(links: readonly LinkOutside[] | undefined): LinkOutside[] {
  return (links ?? []).filter(({ kind }) => neededKinds.includes(kind));
}

/** The URL and the port of a call in a message: `http://203.0.113.10/path/ (port 8888)`. */
export function whereOf({ row, probe }: CalledPort): string {
  return `${row.url} (${portsOf([{ row, probe }])})`;
}

/**
 * Another URL of the same port where the app answers without a fault. Undefined if no such URL was called. The URL may
 * be from another object. For example, an Ingress of this plugin exists beside SkyPilot's Ingress.
 */
export function worksAt({ row }: CalledPort, calls: readonly AppCall[]): string | undefined {
  const beside = calls.find(
    (each) =>
      clusterKey(each.row) === clusterKey(row) &&
      each.row.port === row.port &&
      each.row.url !== row.url &&
      each.http.status < 400 &&
      redirectFaultOf(each.probe) === undefined &&
      neededOf(each.shown.outside).length === 0,
  );
  return beside?.row.url ?? undefined;
}

/**
 * The command `kubectl skyports expose train 8888 -n default --mode ingress`. If SkyPilot opened the port, it has the
 * flag `--beside-skypilot`.
 */
export function exposeIngress(row: Endpoint, flags?: CommandPart) {
  const beside = row.managedBy === 'skypilot' && part`--beside-skypilot`;
  return command`kubectl skyports expose ${operandOf(row)} ${portArgument(row)} -n ${row.namespace} --mode ingress ${flags} ${beside}`;
}

/**
 * The path where an Ingress of this plugin already serves the port. Undefined if no such Ingress exists, or if the port
 * has its own host.
 */
export function ownPlaceOf({ row }: CalledPort, scene: Scene): PathShape | undefined {
  const own = endpointsOf(scene).find(
    (each) =>
      each.managedBy === 'kubectl-skyports' &&
      each.mode === ingress.name &&
      clusterKey(each) === clusterKey(row) &&
      each.port === row.port,
  );
  const place = own?.url ? placeIn(own.url) : undefined;
  return place?.prefix === '' ? undefined : place;
}

/** A cure that gives the port its own host, so that the app needs no prefix. */
export function ownHostCure(
  row: Endpoint,
  why = 'gives the port a host of its own, so that no path prefix is needed',
): Cure {
  const host = part`--host ${'{port}-{cluster}.example.com'}`;
  return cure(
    exposeIngress(row, host),
    `${why}; example.com stands for your domain, with a wildcard DNS entry that leads to the controller`,
  );
}

/** The place where the app of a port is served, for its start command. */
export function appPlaceOf({ row, prefix, rewrite }: AppCall, { view }: Scene): AppPlace {
  return { prefix, rewrite, port: podPortOf(view, row) ?? row.port, origin: new URL(row.url!).origin };
}
