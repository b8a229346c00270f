import { appNamed } from '../../apps/all-apps.ts';
import type { App } from '../../apps/app.ts';
import type { AppPlace } from '../../apps/start-command.ts';
import { type CommandPart, type Cure, command, cure, part } from '../../errors/cure.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { ingress } from '../../modes/ingress/mode.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { type HttpAnswer, type LinkKind, type LinkOutside, lastHttpOf } from '../../snapshot/probe.ts';
import { withoutFinalSlash } from '../../snapshot/text.ts';
import { type CheckContext, clusterKey, endpointsOf } from '../check-context.ts';
import { type CalledPort, calledPorts, portsOf } from './called-ports.ts';
import { podPortOf } from './inside.ts';
import { whyUntold } from './known-senders.ts';
import { type RedirectFault, redirectFaultOf } from './redirects.ts';

type Scene = Pick<CheckContext, 'view' | 'subject'>;

/** The path of a port, and how an Ingress passes it on. */
export interface Place {
  /** The path prefix of the port's URL without a final slash; '' if the port has a host or an address of its own. */
  readonly prefix: string;
  /** Whether the Ingress removes the prefix from the path, or the app gets the path with the prefix. */
  readonly rewrite: 'strip' | 'keep';
}

/** A call of a port that the app answered, and not a proxy in front of it. */
export interface AppCall extends CalledPort, Place {
  readonly http: HttpAnswer;
  /** The answer with the page that a browser shows: the answer after a redirect of the app, if it was followed. */
  readonly shown: HttpAnswer;
  /** The app that sent the answer; undefined if it was not recognized. */
  readonly app: App | undefined;
}

/** The calls that apps answered. A redirect whose sender is unknown counts, since only few controllers redirect. */
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

/** The prefix of a port's URL, which ends in a slash if the Ingress removes the prefix (calledPathOf in modes/ingress). */
function placeIn(url: string): Place {
  const { pathname } = new URL(url);
  const prefix = withoutFinalSlash(pathname);
  return { prefix, rewrite: prefix !== '' && pathname.endsWith('/') ? 'strip' : 'keep' };
}

/** The redirect of an app that leaves the path of its port; undefined if there is none. */
export function redirectOutside({ probe }: CalledPort): RedirectFault | undefined {
  const fault = redirectFaultOf(probe);
  return fault?.kind === 'out-of-path' && !fault.answer.page ? fault : undefined;
}

/** Kinds of links without which a page does not work. */
const neededKinds: readonly LinkKind[] = ['script', 'style', 'frame'];

/** The links without which a page does not work. */
export function neededOf(links: readonly LinkOutside[] | undefined): LinkOutside[] {
  return (links ?? []).filter(({ kind }) => neededKinds.includes(kind));
}

/** The URL and the port of a call in a message: `http://203.0.113.10/path/ (port 8888)`. */
export function whereOf({ row, probe }: CalledPort): string {
  return `${row.url} (${portsOf([{ row, probe }])})`;
}

/**
 * Another URL of the same port at which the app answers without a fault; undefined if none was called. It may belong to
 * another object, such as an Ingress of this plugin beside the one of SkyPilot.
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

/** The command `kubectl skyports expose train 8888 -n default --mode ingress`, beside SkyPilot's own Ingress if needed. */
export function exposeIngress(row: Endpoint, flags?: CommandPart) {
  const beside = row.managedBy === 'skypilot' && part`--beside-skypilot`;
  return command`kubectl skyports expose ${operandOf(row)} ${row.port} -n ${row.namespace} --mode ingress ${flags} ${beside}`;
}

/**
 * The path at which an Ingress of this plugin already serves the port; undefined if there is none, or if the port has a host
 * of its own.
 */
export function ownPlaceOf({ row }: CalledPort, scene: Scene): Place | undefined {
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

/** Gives the port a host of its own, so that no prefix is needed. */
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

/** The place of a port, for the start command of its app. */
export function appPlaceOf({ row, prefix, rewrite }: AppCall, { view }: Scene): AppPlace {
  return { prefix, rewrite, port: podPortOf(view, row) ?? row.port, origin: new URL(row.url!).origin };
}
