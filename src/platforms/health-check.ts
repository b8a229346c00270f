import type { Service } from 'kubernetes-types/core/v1';
import { allLoadBalancers } from './all-platforms.ts';
import type { HealthCheck, LoadBalancer } from './platform.ts';

type Annotations = Readonly<Record<string, string>>;

/** The parts of a Service that its health check depends on. */
export interface Probed {
  readonly annotations: Annotations;
  readonly externalTrafficPolicy: string | undefined;
}

/** What the health of a Service's ports depends on. */
export interface HealthCheckScope {
  readonly scope: HealthCheck['scope'];
  /** The Service port that the shared probe is pinned to; undefined if it probes the first port of the list. */
  readonly port?: number;
}

/** Resolves what the health of a Service's ports depends on. */
export function healthCheckScopeOf(
  loadBalancer: LoadBalancer,
  { annotations, externalTrafficPolicy }: Probed,
): HealthCheckScope {
  const { scope, eachWith, overriddenBy } = loadBalancer.healthCheck;
  // With Local, the load balancer asks each node whether it has a ready Pod (spec.healthCheckNodePort).
  if (externalTrafficPolicy === 'Local' && scope !== 'none') return { scope: 'node' };
  const [pin] = isPinning(loadBalancer, annotations)
    ? pinsIn(loadBalancer, annotations).filter(({ port }) => port !== undefined)
    : [];
  if (pin) return { scope: 'shared', port: pin.port! };
  if (overriddenBy && (annotations[overriddenBy] ?? 'traffic-port') !== 'traffic-port') return { scope: 'unknown' };
  return { scope: eachWith?.values.test(annotations[eachWith.annotation] ?? '') ? 'per-port' : scope };
}

/** The annotations that pin the probe to one port, and those to remove because they pin it to another; undefined if it has no pin. */
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

/** Pin annotations that refer to a port being closed. If they stayed, the health check of the other ports would fail. */
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
  /** The port whose check is redirected; undefined for an annotation about all ports. */
  readonly other: number | undefined;
  /** The port that is probed instead; undefined for an annotation that only accompanies the pin. */
  readonly port: number | undefined;
}

/** Whether the annotations that a pin requires next to its port exist. */
function isPinning({ healthCheck }: LoadBalancer, annotations: Annotations): boolean {
  const fixed = Object.entries(healthCheck.pin ?? {}).filter(([, value]) => !value.includes('{port}'));
  return fixed.every(([key, value]) => annotations[key] === value);
}

/** The annotations that pin a Service's health check. */
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

/** A port that is probed by HTTP without a request for it, and the annotation (`KEY=VALUE`) that makes it a TCP probe. */
export interface HttpProbe {
  readonly port: number;
  readonly annotation: string;
}

/**
 * The ports whose `appProtocol` makes a load balancer probe them by HTTP at `/`, unless annotations say otherwise. With
 * externalTrafficPolicy Local the nodes are probed.
 */
export function probedByHttp({ healthCheck }: LoadBalancer, { metadata, spec }: Service): HttpProbe[] {
  const { plainProbe } = healthCheck;
  if (!plainProbe || spec?.externalTrafficPolicy === 'Local') return [];
  const annotations = metadata?.annotations ?? {};
  const of = (template: string, port: number) => template.replace('{port}', String(port));
  return (spec?.ports ?? []).flatMap(({ port, appProtocol }) => {
    const key = of(plainProbe.annotation, port);
    const isSaid = [key, ...plainProbe.unless.map((each) => of(each, port))].some(
      (each) => annotations[each] !== undefined,
    );
    if (!/^https?$/i.test(appProtocol ?? '') || isSaid) return [];
    return [{ port, annotation: `${key}=${plainProbe.value}` }];
  });
}

/** An HTTP probe that asks a controller for a path. */
export interface PathProbe {
  readonly ports: readonly number[];
  readonly path: string;
  /** The annotation that sets the path. */
  readonly pathAnnotation: string;
  /** What makes it an HTTP probe. */
  readonly reason: string;
  /** Annotations (`KEY=VALUE`) that make it a TCP probe. */
  readonly plain: readonly string[];
}

/**
 * How a load balancer asks the ports of a Service for a path by HTTP; undefined if it does not. With externalTrafficPolicy
 * Local the nodes are probed.
 */
export function pathProbeOf(loadBalancer: LoadBalancer, service: Service): PathProbe | undefined {
  const { plainProbe, httpProbe } = loadBalancer.healthCheck;
  const byProtocol = probedByHttp(loadBalancer, service);
  if (plainProbe && byProtocol.length > 0) {
    return {
      ports: byProtocol.map(({ port }) => port),
      path: '/',
      pathAnnotation: plainProbe.path,
      reason: 'because of their appProtocol',
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
