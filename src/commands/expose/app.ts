import type { Ingress } from 'kubernetes-types/networking/v1';
import { appNamed, usualAppOf } from '../../apps/all-apps.ts';
import type { App } from '../../apps/app.ts';
import { appNames } from '../../apps/names.ts';
import { startCommandOf } from '../../apps/start-command.ts';
import { oneOf } from '../../arguments/one-of.ts';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import type { PortMapping } from '../../exposure/port-mapping.ts';
import { hasTls } from '../../modes/ingress/list.ts';
import { type Route, routesInWrites } from '../../modes/ingress/routes.ts';
import type { Plan } from '../../snapshot/plan.ts';
import { withoutFinalSlash } from '../../snapshot/text.ts';
import type { System } from '../../system.ts';
import type { ExposeFlagValues } from './command.ts';

/** The fields of a request that `--app` decides. */
export type AppFields = Pick<ExposeRequest, 'appNeeds' | 'rewrite'>;

/**
 * The fields that `--app` adds to a request; empty without the flag. A `--rewrite` of the user stays unchanged.
 *
 * @throws UsageError for an unknown app, and for several ports
 */
export function fieldsForApp(
  flags: ExposeFlagValues,
  { ports, rewrite }: Pick<ExposeRequest, 'ports' | 'rewrite'>,
  { args }: Pick<System, 'args'>,
): AppFields {
  if (flags.app === undefined) return { rewrite };
  const app = appNamed(oneOf(flags.app, appNames, '--app', args))!;
  if (ports.length > 1) {
    throw new UsageError('app-for-several-ports', '--app names the app on one port, and several ports are named', [
      advice(`run expose once for each port, and use --app ${app.name} only for the port of ${app.title}`),
    ]);
  }
  const works = (['strip', 'keep'] as const).filter((each) => app.start[each] !== undefined);
  const { belowPrefix, health, largeBodies = false, streams = false, title } = app;
  return {
    rewrite: rewrite ?? (belowPrefix === 'host-only' ? undefined : belowPrefix),
    appNeeds: {
      title,
      rewrites: works,
      largeBodies,
      streams,
      longConnections: streams || app.websocket !== undefined,
      healthPath: health === undefined ? undefined : `/${health}`,
    },
  };
}

/**
 * What protects an app that was started with its defaults, in words that continue a warning. Undefined if anyone may use
 * the app.
 */
export function protectionOf(name: string): string | undefined {
  const app = appNamed(name);
  const has = app?.authentication;
  return has === 'token' || has === 'password' ? `and only the ${has} of ${app!.title} protects it` : undefined;
}

/**
 * A warning if the app and a controller that asks for a password need the same header; empty for other apps.
 */
export function besidePassword(name: string): string[] {
  const app = appNamed(name);
  if (app?.besidePassword === undefined) return [];
  const fact = `${app.title} reads its own key or token from the header Authorization, which carries the password now`;
  return [`${fact}: ${app.besidePassword}`];
}

/**
 * Lines that say how to start the apps. With `--app`, they are about the port of the named app. Without it, they are
 * about each port whose URL has a path that the app receives unchanged, since such an app has to know its path, and
 * about each usual port of an app that has to know its path or host.
 *
 * @param endpoints the rows of the ports; empty in a dry run
 */
export function startLines(
  { ports, rewrite }: Pick<ExposeRequest, 'ports' | 'rewrite'>,
  { writes }: Pick<Plan, 'writes'>,
  endpoints: readonly Endpoint[],
  flags: Pick<ExposeFlagValues, 'app'>,
): string[] {
  const routes = routesInWrites(writes);
  const app = appNamed(flags.app);
  return ports.flatMap((port) => {
    const route = routes.find((each) => each.port === port.servicePort);
    const url = urlOf(port, endpoints) ?? urlOfHost(route, writes);
    const origin = url && new URL(url).origin;
    if (app) return [...linesFor(app, port, route, origin), ...pageLines(app, url), ...noteLines(app)];
    if (!route) return [];
    return rewrite === 'keep' && route.prefix !== '' ? linesForUnnamed(port, route, origin) : hintFor(port, route);
  });
}

function linesFor(app: App, port: PortMapping, route: Route | undefined, origin: string | undefined): string[] {
  const line = startCommandOf(app, placeOf(port, route, origin));
  return line === undefined ? [] : [`start ${app.title} with:`, `    ${line}`];
}

function pageLines({ opens }: App, url: string | undefined): string[] {
  if (opens === undefined) return [];
  if (url === undefined) return [`the page to open is ${opens}, below the URL`];
  return [`the page to open is ${withoutFinalSlash(url)}/${opens}`];
}

function noteLines({ note }: App): string[] {
  return note === undefined ? [] : [`note: ${note}`];
}

function linesForUnnamed(port: PortMapping, route: Route, origin: string | undefined): string[] {
  const app = usualAppOf(port.targetPort);
  const line = app && startCommandOf(app, placeOf(port, route, origin));
  return line === undefined
    ? [`the app has to know its prefix ${route.prefix}: "kubectl skyports help apps" shows the options of known apps`]
    : [
        `the app has to know its prefix ${route.prefix}; start ${app!.title}, the usual app on this port, with:`,
        `    ${line}`,
      ];
}

/** A hint at `--app`, for the usual port of an app that does not work at the route unless it knows its path or host. */
function hintFor({ targetPort }: PortMapping, { prefix, rewrite }: Route): string[] {
  const app = usualAppOf(targetPort);
  if (!app) return [];
  const below = rewrite === app.belowPrefix ? app.start[rewrite] : undefined;
  const template = prefix === '' ? app.start.host : below;
  if (template !== undefined && !/\{(path|host|origin)\}/.test(template)) return [];
  return [`${targetPort} is the usual port of ${app.title}: if it runs there, add --app ${app.name}`];
}

function placeOf(port: PortMapping, route: Route | undefined, origin: string | undefined) {
  return { prefix: route?.prefix ?? '', rewrite: route?.rewrite ?? 'strip', port: port.targetPort, origin };
}

function urlOf({ servicePort }: PortMapping, endpoints: readonly Endpoint[]): string | undefined {
  return endpoints.find(({ port, url }) => port === servicePort && url !== null)?.url ?? undefined;
}

/**
 * The URL of a route that has its own host; undefined for other routes. It is known although the controller may have no
 * address yet. The URL has the usual port of its scheme.
 */
function urlOfHost(route: Route | undefined, writes: Plan['writes']): string | undefined {
  const { host, prefix } = route ?? {};
  if (!host || host.startsWith('*')) return undefined;
  const isTls = writes.some(({ kind, manifest }) => kind === 'Ingress' && hasTls(manifest as Ingress, host));
  return `${isTls ? 'https' : 'http'}://${host}${prefix}`;
}
