import type { Pod } from 'kubernetes-types/core/v1';
import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { headPodOf, type SkyCluster } from '../skypilot/sky-cluster.ts';

/** One port to open. Callers, names, paths and JSON use `servicePort`. The app in the Pod uses `targetPort`. */
export interface PortMapping {
  readonly servicePort: number;
  readonly targetPort: number;
}

/**
 * Parses PORT arguments. They have SkyPilot's syntax (`8888`, `8000-8010`, `8000,9000`; sky/utils/resources_utils.py),
 * or name a Service port and a Pod port (`80:8888`). `8888/tcp` means 8888. As in SkyPilot, duplicates are merged.
 *
 * @returns the mappings, sorted by Service port
 * @throws UsageError for any other text, and for a Service port with two Pod ports
 */
export function parsePortMappings(words: readonly string[]): PortMapping[] {
  const targets = new Map<number, number>();
  for (const item of words.flatMap((word) => word.split(',')).map((word) => word.trim())) {
    for (const { servicePort, targetPort } of parseItem(item)) {
      const earlier = targets.get(servicePort) ?? targetPort;
      if (earlier !== targetPort) {
        throw new UsageError(
          'port-mapped-twice',
          `service port ${servicePort} is mapped twice, to Pod port ${earlier} and to ${targetPort}`,
          [advice('give each service port once, for example 80:8888 81:9999')],
        );
      }
      targets.set(servicePort, targetPort);
    }
  }
  return [...targets].map(([servicePort, targetPort]) => ({ servicePort, targetPort })).sort(byServicePort);
}

const byServicePort = (a: PortMapping, b: PortMapping): number => a.servicePort - b.servicePort;

function parseItem(text: string): PortMapping[] {
  const [, item = text, protocol = 'tcp'] = /^(.*)\/(\w+)$/.exec(text) ?? [];
  if (protocol.toLowerCase() !== 'tcp') throw notTcp(text, item, protocol);
  if (item.includes(':')) {
    const [servicePort, targetPort, more] = item.split(':');
    if (more !== undefined) throw invalid(item);
    return [{ servicePort: parsePort(servicePort!, item), targetPort: parsePort(targetPort!, item) }];
  }
  if (item.includes('-')) return parseRange(item);
  const port = parsePort(item, item);
  return [{ servicePort: port, targetPort: port }];
}

function parseRange(item: string): PortMapping[] {
  const [from, to, more] = item.split('-');
  if (more !== undefined || from === '') throw invalid(item);
  const first = parsePort(from!, item);
  const last = parsePort(to!, item);
  if (first > last) {
    throw new UsageError('invalid-port', `"${item}" is not a valid port range: ${first} is greater than ${last}`, [
      advice(`write ${last}-${first}`),
    ]);
  }
  return Array.from({ length: last - first + 1 }, (_, i) => ({ servicePort: first + i, targetPort: first + i }));
}

function parsePort(text: string, item: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 1 && port <= 65_535)) throw invalid(item);
  return port;
}

function invalid(item: string): UsageError {
  return new UsageError('invalid-port', `${item === '' ? 'an empty word' : `"${item}"`} is not a valid port`, [
    advice(
      'use a number from 1 to 65535 (8888), a range (8000-8010), a list (8000,9000) or servicePort:podPort (80:8888)',
    ),
  ]);
}

function notTcp(text: string, item: string, protocol: string): UsageError {
  if (!['udp', 'sctp'].includes(protocol.toLowerCase())) return invalid(text);
  return new UsageError('not-tcp', `"${text}": only TCP ports can be opened, and not ${protocol.toUpperCase()} ports`, [
    advice(`write ${item} if the app listens on TCP`),
  ]);
}

/**
 * A port of a row or of a Service. `targetPort` is a number or a name. If absent, it is equal to `port` (core/v1
 * ServicePort).
 */
interface NumberedPort {
  readonly port: number;
  readonly targetPort?: number | string | undefined;
}

/**
 * The mapping that opens the same port again. If the target is a name, its number is that of the head Pod's container
 * port with this name. If there is no such container port, it is the number of the Service port.
 */
export function mappingOf({ port, targetPort = port }: NumberedPort, skyCluster: SkyCluster | undefined): PortMapping {
  const number = Number(targetPort);
  const pod = skyCluster && headPodOf(skyCluster);
  return { servicePort: port, targetPort: number || (portNamed(String(targetPort), pod) ?? port) };
}

/**
 * The PORT argument that changes settings of an open port: `8888`, or `80:8888`. Without the Pod port, `expose 80` would
 * lead the Service port to Pod port 80.
 */
export function portArgument({ port, targetPort = port }: NumberedPort): string {
  return typeof targetPort === 'number' && targetPort !== port ? `${port}:${targetPort}` : `${port}`;
}

function portNamed(name: string, pod: Pod | undefined): number | undefined {
  const ports = (pod?.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === name)?.containerPort;
}

/** Mappings of Service ports to the same ports of the Pod. */
export function samePorts(ports: readonly number[]): PortMapping[] {
  return ports.map((port) => ({ servicePort: port, targetPort: port }));
}
