import type { Service } from 'kubernetes-types/core/v1';
import { allLoadBalancers } from './all-platforms.ts';
import type { HealthCheck, LoadBalancer } from './platform.ts';

type Annotations = Readonly<Record<string, string>>;

/** The parts of a Service that decide how a load balancer checks its health. */
export interface Probed {
  readonly annotations: Annotations;
  readonly externalTrafficPolicy: string | undefined;
}

/** The scope of a Service's health check, and the port that the check is pinned to. */
export interface HealthCheckScope {
  readonly scope: HealthCheck['scope'];
  /**
   * The Service port that the shared probe is pinned to; undefined if the load balancer probes the first port of the list.
   */
  readonly port?: number;
}

/**
 * The scope of a Service's health check. It depends on the load balancer, the annotations and externalTrafficPolicy.
 */
export function healthCheckScopeOf(
  loadBalancer: LoadBalancer,
  { annotations, externalTrafficPolicy }: Probed,
): HealthCheckScope {
  const { scope, eachWith, overriddenBy } = loadBalancer.healthCheck;
  // With Local, the load balancer probes whether each node has a ready Pod (spec.healthCheckNodePort).
  if (externalTrafficPolicy === 'Local' && scope !== 'none') return { scope: 'node' };
  const [pin] = isPinning(loadBalancer, annotations)
    ? pinsIn(loadBalancer, annotations).filter(({ port }) => port !== undefined)
    : [];
  if (pin) return { scope: 'shared', port: pin.port! };
  if (overriddenBy && (annotations[overriddenBy] ?? 'traffic-port') !== 'traffic-port') return { scope: 'unknown' };
  return { scope: eachWith?.values.test(annotations[eachWith.annotation] ?? '') ? 'per-port' : scope };
}

/**
 * How to pin the probe to one port: the annotations to set, and the annotations to remove because they pin the probe to
 * another port. Undefined if this load balancer has no such annotations.
 */
export function pinned(
  loadBalancer: LoadBalancer,
  port: number,
  ports: readonly number[],
  present: Annotations,
): { readonly set: Annotations; readonly remove: readonly string[] } | undefined {
  const { pin } = loadBalancer.healthCheck;
  if (!pin) return undefined;
  const others = ports.filter((each) => each !== port);
  const entries = Object.entries(pin).flatMap(([key, value]) => {
    const keys = key.includes('{other}') ? others.map((other) => key.replace('{other}', String(other))) : [key];
    return keys.map((each) => [each, value.replace('{port}', String(port))] as const);
  });
  const set = Object.fromEntries(entries);
  const remove = pinsIn(loadBalancer, present).map(({ key }) => key);
  return { set, remove: remove.filter((key) => !Object.hasOwn(set, key)) };
}

/**
 * The pin annotations that refer to a port that is being closed. If they stayed, the health check of the other ports would
 * fail.
 */
export function stalePins(annotations: Annotations, closing: readonly number[]): string[] {
  return allLoadBalancers.flatMap((loadBalancer) => {
    const pins = pinsIn(loadBalancer, annotations);
    const isWhole = pins.some(({ other, port }) => other === undefined && port !== undefined && closing.includes(port));
    return pins
      .filter(
        ({ other, port }) => isWhole || [other, port].some((each) => each !== undefined && closing.includes(each)),
      )
      .map(({ key }) => key);
  });
}

interface Pin {
  readonly key: string;
  /** The port whose health check uses another port; undefined for an annotation about all ports. */
  readonly other: number | undefined;
  /** The port that is probed instead; undefined for an annotation that a pin requires in addition. */
  readonly port: number | undefined;
}

/** Whether the Service has all annotations that a pin requires, besides the annotation with the port. */
function isPinning({ healthCheck }: LoadBalancer, annotations: Annotations): boolean {
  const fixed = Object.entries(healthCheck.pin ?? {}).filter(([, value]) => !value.includes('{port}'));
  return fixed.every(([key, value]) => annotations[key] === value);
}

/** The annotations of a Service that pin its health check. */
function pinsIn({ healthCheck }: LoadBalancer, annotations: Annotations): Pin[] {
  return Object.entries(healthCheck.pin ?? {}).flatMap(([template, value]) => {
    const [before, after] = template.split('{other}');
    const isAbout = (key: string) =>
      after === undefined
        ? key === template
        : key.startsWith(before!) && key.endsWith(after) && /^\d+$/.test(key.slice(before!.length, -after.length));
    return Object.keys(annotations)
      .filter(isAbout)
      .map((key) => ({
        key,
        other: after === undefined ? undefined : Number(key.slice(before!.length, -after.length)),
        port: value === '{port}' ? Number(annotations[key]) || undefined : undefined,
      }));
  });
}

/**
 * A port that is probed by HTTP, and the annotation (`KEY=VALUE`) that changes the
 * probe to TCP.
 */
export interface HttpProbe {
  readonly port: number;
  /** What makes the probe an HTTP probe, in words. */
  readonly by: string;
  /** Whether an annotation requests the HTTP probe. False if only the `appProtocol` does. */
  readonly isRequested: boolean;
  readonly annotation: string;
}

/**
 * The ports that a load balancer probes by HTTP at `/`, because of their `appProtocol` or an annotation. A port is left
 * out if annotations set its probe. Empty with externalTrafficPolicy Local, because the load balancer then probes the
 * nodes.
 */
export function probedByHttp({ healthCheck }: LoadBalancer, { metadata, spec }: Service): HttpProbe[] {
  const { plainProbe } = healthCheck;
  if (!plainProbe || spec?.externalTrafficPolicy === 'Local') return [];
  const annotations = metadata?.annotations ?? {};
  const of = (template: string, port: number) => template.replace('{port}', String(port));
  return (spec?.ports ?? []).flatMap(({ port, appProtocol }) => {
    const key = of(plainProbe.annotation, port);
    const isSaid = plainProbe.unless.some((each) => annotations[of(each, port)] !== undefined);
    const protocol = annotations[key] ?? appProtocol ?? '';
    if (!/^https?$/i.test(protocol) || isSaid) return [];
    const by = annotations[key] === undefined ? 'their appProtocol' : `the annotation ${key}`;
    const isRequested = annotations[key] !== undefined;
    return [{ port, by, isRequested, annotation: `${key}=${plainProbe.value}` }];
  });
}

/** An HTTP probe that requests a path. */
export interface PathProbe {
  readonly ports: readonly number[];
  readonly path: string;
  /** The annotation that sets the path. */
  readonly pathAnnotation: string;
  /** Why the probe uses HTTP, in words. */
  readonly reason: string;
  /** Annotations (`KEY=VALUE`) that change the probe to TCP. */
  readonly plain: readonly string[];
}

/**
 * The HTTP probe that a load balancer sends to the ports of a Service. Undefined if it sends none, or if an annotation
 * makes 404 count as healthy. Also undefined with externalTrafficPolicy Local, because the load balancer then probes
 * the nodes.
 */
export function pathProbeOf(loadBalancer: LoadBalancer, service: Service): PathProbe | undefined {
  const { plainProbe, httpProbe } = loadBalancer.healthCheck;
  const byProtocol = probedByHttp(loadBalancer, service);
  if (plainProbe && byProtocol.length > 0) {
    return {
      ports: byProtocol.map(({ port }) => port),
      path: '/',
      pathAnnotation: plainProbe.path,
      reason: `because of ${[...new Set(byProtocol.map(({ by }) => by))].join(' and ')}`,
      plain: byProtocol.map(({ annotation }) => annotation),
    };
  }
  const { metadata, spec } = service;
  const annotations = metadata?.annotations ?? {};
  if (!httpProbe || spec?.externalTrafficPolicy === 'Local') return undefined;
  const { protocol, path, statuses, onlyWith } = httpProbe;
  const isOn = onlyWith === undefined || annotations[onlyWith] === 'true';
  const isHealthy = statuses !== undefined && /\b(?:404|4\d\d-|[23]\d\d-[45])/.test(annotations[statuses] ?? '');
  if (!isOn || isHealthy || !/^https?$/i.test(annotations[protocol] ?? '')) return undefined;
  return {
    ports: (spec?.ports ?? []).map(({ port }) => port),
    path: annotations[path] ?? '/',
    pathAnnotation: path,
    reason: `because of the annotation ${protocol}`,
    plain: [`${protocol}=tcp`],
  };
}
