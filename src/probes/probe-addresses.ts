import { isIP, type Socket } from 'node:net';
import type { AddressProbe, NameAnswer, ProbeTarget } from '../snapshot/probe.ts';
import { withoutFinalSlash } from '../snapshot/text.ts';
import { type Asked, askOverHttp, type HttpTarget, lookingBelow } from './ask-over-http.ts';
import { Deadline } from './deadline.ts';
import { openConnection } from './open-connection.ts';
import { ownAddressTowards } from './own-address.ts';
import { ipAddressesOf, resolveName } from './resolve-name.ts';
import { shakeHands } from './shake-hands.ts';

export interface ProbeOptions {
  /** The proxy that other programs on this machine use for a URL; undefined for none. */
  proxyOf(url: string): string | undefined;
  /** Trusted certificate authorities as PEM, for tests. Default: those of Node and this machine. */
  readonly authorities?: readonly string[];
  /** The time limit for all calls together, in milliseconds. Default: 3000. */
  readonly limitMs?: number | undefined;
  /** Whether to find out which app sent a page, and where its links lead. More calls may follow (ask-further.ts). */
  readonly looksAtPages?: boolean;
}

const defaultLimitMs = 3000;
/**
 * How many calls run at the same time. If the time limit is reached before the turn of an address, this address is not
 * called.
 */
const atOnce = 256;

/**
 * Calls the addresses in parallel. All calls together take three seconds at most. A call has these stages: DNS lookup,
 * connection, TLS handshake, `GET`. If a stage fails, the call ends. The result for an address that was not called has
 * no stages.
 *
 * Only the given addresses are called, with one exception: a call follows one redirect to the https port of the same
 * host. If pages are looked at, a call also requests more paths at the same address (ask-further.ts).
 */
export async function probeAddresses(targets: readonly ProbeTarget[], options: ProbeOptions): Promise<AddressProbe[]> {
  const limitMs = options.limitMs ?? defaultLimitMs;
  const round = new Deadline(limitMs);
  const names = new Map<string, Promise<NameAnswer>>();
  const resolve = (name: string) => {
    const known = names.get(name) ?? resolveName(name, round);
    names.set(name, known);
    return known;
  };
  const results: AddressProbe[] = [];
  const queue = targets.map((target, index) => ({ target, index }));
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      results[next.index] =
        round.leftMs > 0 ? await probeWhole(next.target, resolve, round, options) : uncalled(next.target, options);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, targets.length) }, worker));
  return results;
}

async function probeWhole(
  target: ProbeTarget,
  resolve: (name: string) => Promise<NameAnswer>,
  deadline: Deadline,
  options: ProbeOptions,
): Promise<AddressProbe> {
  const start = performance.now();
  let lastAnswer: number | undefined;
  const prefix = options.looksAtPages ? withoutFinalSlash(target.path) : undefined;
  const answered = (at: number) => {
    lastAnswer = at;
  };
  const probe = await probeOne(target, { resolve, deadline, options, prefix, answered });
  const tookMs = Math.round((lastAnswer ?? performance.now()) - start);
  const further = options.looksAtPages
    ? await (await import('./ask-further.ts')).askFurther(probe, options.authorities, deadline)
    : {};
  return { ...probe, ...further, tookMs };
}

interface Round {
  readonly resolve: (name: string) => Promise<NameAnswer>;
  readonly deadline: Deadline;
  readonly options: ProbeOptions;
  /** The links of pages are compared with this path prefix; undefined if pages are not looked at. */
  readonly prefix: string | undefined;
  /** Is called with the time when an HTTP answer began, because the time for its body does not count. */
  readonly answered: (at: number) => void;
}

async function probeOne(target: ProbeTarget, round: Round): Promise<AddressProbe> {
  const { resolve, deadline, options } = round;
  const { address, host, port, scheme } = target;
  const before = uncalled(target, options);
  const hostNames = [...new Set([host, address])].filter((name) => isIP(name) === 0);
  const names = await Promise.all(hostNames.map(resolve));
  const led = ipAddressesOf(address, names);
  if (led.length === 0) return { ...before, names };
  const { answer: connection, socket } = await openConnection(led, port, deadline);
  if (!socket) {
    const from = connection.outcome === 'no-answer' ? await ownAddressTowards(led[0]!) : undefined;
    return { ...before, names, connection, ...(from && { from }) };
  }
  socket.on('error', () => {});
  if (scheme === 'https') return { ...before, names, connection, ...(await askOverTls(socket, target, round)) };
  const { answer: http, leadsTo } = await ask(socket, target, round);
  if (!isFollowed(leadsTo, target)) return { ...before, names, connection, http };
  // ingress-nginx removes the final slash when it redirects to https. The app is at the path with the slash.
  const isSamePath = withoutFinalSlash(leadsTo.pathname) === withoutFinalSlash(target.path);
  const pathname = isSamePath && target.path !== '' ? target.path : leadsTo.pathname;
  const path = `${pathname}${leadsTo.search}`;
  const next = { host, port: portOf(leadsTo), scheme: 'https', path } as const;
  const { answer: opened, socket: second } = await openConnection(led, next.port, deadline);
  second?.on('error', () => {});
  const secure = second ? await askOverTls(second, next, round) : { certificate: null, http: null };
  const followed = { port: next.port, path: pathname, connection: opened, ...secure };
  return { ...before, names, connection, http, followed };
}

async function askOverTls(
  socket: Socket,
  target: HttpTarget,
  round: Round,
): Promise<Pick<AddressProbe, 'certificate' | 'http'>> {
  const { deadline, options } = round;
  const { answer: certificate, socket: secure } = await shakeHands(socket, target.host, options.authorities, deadline);
  if (!secure) {
    socket.destroy();
    return { certificate, http: null };
  }
  secure.on('error', () => {});
  return { certificate, http: (await ask(secure, target, round)).answer };
}

async function ask(socket: Socket, target: HttpTarget, { deadline, prefix, answered }: Round): Promise<Asked> {
  const asked = await askOverHttp(socket, target, deadline, lookingBelow(prefix));
  answered(asked.at);
  return asked;
}

/** Whether to follow a redirect. It must lead from http to the https port (`httpsPort`) of the same host. */
function isFollowed(leadsTo: URL | undefined, { scheme, host, httpsPort }: ProbeTarget): leadsTo is URL {
  if (!leadsTo || scheme !== 'http' || leadsTo.protocol !== 'https:') return false;
  return leadsTo.hostname.replace(/^\[|\]$/g, '') === host.toLowerCase() && portOf(leadsTo) === httpsPort;
}

function portOf({ port }: URL): number {
  return port === '' ? 443 : Number(port);
}

function uncalled(target: ProbeTarget, { proxyOf }: ProbeOptions): AddressProbe {
  const { scheme, host, port } = target;
  const name = isIP(host) === 6 ? `[${host}]` : host;
  const proxy = proxyOf(`${scheme}://${name}:${port}`) ?? null;
  return { ...target, proxy, names: [], connection: null, certificate: null, http: null };
}
