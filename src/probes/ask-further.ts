import type { Socket } from 'node:net';
import { appNamed } from '../apps/all-apps.ts';
import type { Page } from '../platforms/controller-pages.ts';
import {
  type AddressProbe,
  type HttpAnswer,
  lastHttpOf,
  type UnauthenticatedAnswer,
  type WebsocketAnswers,
} from '../snapshot/probe.ts';
import { withoutFinalSlash } from '../snapshot/text.ts';
import { askOverHttp, type HttpTarget, lookingBelow, ownHeadersOf } from './ask-over-http.ts';
import type { Deadline } from './deadline.ts';
import { openConnection } from './open-connection.ts';
import { ipAddressesOf } from './resolve-name.ts';
import { shakeHands } from './shake-hands.ts';
import { shakeWebsocket } from './shake-websocket.ts';

/** An origin that does not exist (RFC 2606, 2). It stands for the page of another site. */
const foreignOrigin = 'https://skyports.invalid';

/**
 * Makes more calls, which depend on the app's first answer: to the target of a redirect below the same path, to the URL
 * without its final slash, to a path that shows whether the app asks for credentials, and two websocket handshakes. A
 * websocket is tried only if the app is recognized, and if a handshake without a session changes nothing in this app.
 */
export async function askFurther(
  probe: AddressProbe,
  authorities: readonly string[] | undefined,
  deadline: Deadline,
): Promise<Pick<AddressProbe, 'landing' | 'slashless' | 'unauthenticated' | 'websocket'>> {
  const http = lastHttpOf(probe);
  if (http?.outcome !== 'answered' || http.page || http.status >= 400 || deadline.leftMs === 0) return {};
  const { host, followed } = probe;
  const target: HttpTarget = followed ? { scheme: 'https', host, port: followed.port, path: followed.path } : probe;
  const connect = () => connectionTo(probe, target, authorities, deadline);
  const [landing, slashless] = await Promise.all([
    askAfterRedirect(http, target, connect, deadline),
    askWithoutSlash(target, connect, deadline),
  ]);
  const app = http.app ?? landing?.app;
  const [unauthenticated, websocket] = await Promise.all([
    askWithoutCredentials(app, target, connect, deadline),
    askForWebsocket(app, target, connect, deadline),
  ]);
  return {
    ...(landing && { landing }),
    ...(slashless && { slashless }),
    ...(unauthenticated && { unauthenticated }),
    ...(websocket && { websocket }),
  };
}

type Connect = () => Promise<Socket | undefined>;

/** Requests the target of a redirect, if it has the same origin and is below the same path. */
async function askAfterRedirect(
  { location }: HttpAnswer,
  target: HttpTarget,
  connect: Connect,
  deadline: Deadline,
): Promise<HttpAnswer | undefined> {
  if (!location || !URL.canParse(location)) return undefined;
  const { origin, pathname: path } = new URL(location);
  const prefix = withoutFinalSlash(target.path);
  if (origin !== originOf(target) || path === target.path || !`${path}/`.startsWith(`${prefix}/`)) return undefined;
  const socket = await connect();
  return socket && (await askOverHttp(socket, { ...target, path }, deadline, lookingBelow(prefix))).answer;
}

/** The origin of a URL, as a browser writes it into the Origin header. */
function originOf(target: HttpTarget): string {
  return new URL(`${target.scheme}://${ownHeadersOf(target).host}`).origin;
}

async function askWithoutSlash(
  target: HttpTarget,
  connect: Connect,
  deadline: Deadline,
): Promise<HttpAnswer | undefined> {
  const path = withoutFinalSlash(target.path);
  if (path === '' || path === target.path) return undefined;
  const socket = await connect();
  return socket && (await askOverHttp(socket, { ...target, path }, deadline, lookingBelow(path))).answer;
}

/** Requests the path of an app that runs code for its callers, without credentials. */
async function askWithoutCredentials(
  app: string | null | undefined,
  target: HttpTarget,
  connect: Connect,
  deadline: Deadline,
): Promise<UnauthenticatedAnswer | undefined> {
  const runsCode = app ? appNamed(app)?.runsCode : undefined;
  if (!runsCode) return undefined;
  const path = runsCode.path === '' ? target.path : `${withoutFinalSlash(target.path)}/${runsCode.path}`;
  const socket = await connect();
  if (!socket) return undefined;
  const look = (page: Page) => ({ letsIn: runsCode.letsIn(page) });
  const { answer } = await askOverHttp(socket, { ...target, path }, deadline, look);
  return answer.outcome === 'answered' ? { path, answer } : undefined;
}

async function askForWebsocket(
  app: string | null | undefined,
  target: HttpTarget,
  connect: Connect,
  deadline: Deadline,
): Promise<WebsocketAnswers | undefined> {
  const websocket = app ? appNamed(app)?.websocket : undefined;
  if (websocket?.handshake !== 'harmless') return undefined;
  const path = `${withoutFinalSlash(target.path)}/${websocket.path}`;
  const shake = async (origin: string) => {
    const socket = await connect();
    return socket && (await shakeWebsocket(socket, { ...target, path }, origin, deadline));
  };
  const own = await shake(originOf(target));
  if (!own || own.outcome === 'silent') return undefined;
  const foreign = own.status === 101 ? await shake(foreignOrigin) : undefined;
  return { path: path.replace(/\?.*$/, '?'), own, foreign: foreign ?? null };
}

/** Opens another connection to the address of a probe. Undefined if it does not open in time. */
async function connectionTo(
  { address, names }: AddressProbe,
  { scheme, host, port }: HttpTarget,
  authorities: readonly string[] | undefined,
  deadline: Deadline,
): Promise<Socket | undefined> {
  const led = ipAddressesOf(address, names);
  if (led.length === 0) return undefined;
  const { socket } = await openConnection(led, port, deadline);
  socket?.on('error', () => {});
  if (!socket || scheme === 'http') return socket;
  const { socket: secure } = await shakeHands(socket, host, authorities, deadline);
  if (!secure) socket.destroy();
  secure?.on('error', () => {});
  return secure;
}
