import type { Service } from 'kubernetes-types/core/v1';
import { allLoadBalancers } from './all-platforms.ts';
import type { HealthCheck, LoadBalancer } from './platform.ts';

type Annotations = Readonly<Record<string, string>>;

/** The parts of a Service that decide how a load balancer checks its health. */
export interface Probed {
  readonly annotations: Annotations;
  readonly externalTrafficPolicy: string | undefined;
}

/** The scope of a Service's health check, and the port that an annotation sets for it. */
export interface HealthCheckScope {
  readonly scope: HealthCheck['scope'];
  /**
   * The Service port that an annotation sets for the shared probe. Undefined if the load balancer probes the first
   * port.
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
  // With externalTrafficPolicy Local, the load balancer asks each node whether it has a ready Pod
  // (spec.healthCheckNodePort).
  if (externalTrafficPolicy === 'Local' && scope !== 'none') return { scope: 'node' };
  const [pin] = isPinning(loadBalancer, annotations)
    ? pinsIn(loadBalancer, annotations).filter(({ port }) => port !== undefined)
    : [];
  if (pin) return { scope: 'shared', port: pin.port! };
  if (overriddenBy && (annotations[overriddenBy] ?? 'traffic-port') !== 'traffic-port') return { scope: 'unknown' };
  return { scope: eachWith?.values.test(annotations[eachWith.annotation] ?? '') ? 'per-port' : scope };
}

/**
 * Two kinds of annotations: those that pin the probe to one port, and those that pin it to another port and have to be
 * removed. Undefined if the load balancer has no annotations for this.
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
 * The annotations that pin a probe to a port that is being closed. They have to be removed, because otherwise the
 * health check of the other ports would fail.
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
  /** The port whose probe goes to another port. Undefined if the annotation is for all ports. */
  readonly other: number | undefined;
  /** The port that is probed instead. Undefined for an additional annotation that a pin requires. */
  readonly port: number | undefined;
}

/** Whether the Service has all additional annotations that a pin requires. */
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

/** A port that is probed by HTTP, and the annotation (`KEY=VALUE`) that changes the probe to TCP. */
export interface HttpProbe {
  readonly port: number;
  /** A description of what makes the probe an HTTP probe. */
  readonly by: string;
  /** Whether an annotation requests the HTTP probe. False if the probe is HTTP only because of the `appProtocol`. */
  readonly isRequested: boolean;
  readonly annotation: string;
}

/**
 * The ports that a load balancer probes by HTTP at `/`, because of their `appProtocol` or an annotation. A port is left
 * out if annotations set its probe. With externalTrafficPolicy Local, the load balancer probes the nodes, so the result
 * is empty.
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
  /** A description of why the probe uses HTTP. */
  readonly reason: string;
  /** Annotations (`KEY=VALUE`) that change the probe to TCP. */
  readonly plain: readonly string[];
}

/**
 * The HTTP probe that a load balancer sends to the ports of a Service. Undefined in three cases: it sends no HTTP
 * probe, an annotation makes 404 count as healthy, or it probes the nodes because of externalTrafficPolicy Local.
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
