import type { Service } from 'kubernetes-types/core/v1';
import type { HealthCheck, LoadBalancer } from './platform.ts';

type Annotations = Readonly<Record<string, string>>;

/** On what the health of a Service's ports hangs, with the annotations that it has. */
export function decidesOf({ healthCheck }: LoadBalancer, annotations: Annotations): HealthCheck['decides'] {
  const { decides, eachWith } = healthCheck;
  return eachWith?.values.test(annotations[eachWith.annotation] ?? '') ? 'each' : decides;
}

/** The annotations that make one port's health count for all of a Service's ports; undefined where there are none. */
export function pinned({ healthCheck }: LoadBalancer, port: number, ports: readonly number[]): Annotations | undefined {
  if (!healthCheck.pin) return undefined;
  const others = ports.filter((each) => each !== port);
  const entries = Object.entries(healthCheck.pin).flatMap(([key, value]) => {
    const keys = key.includes('{other}') ? others.map((other) => key.replace('{other}', String(other))) : [key];
    return keys.map((each) => [each, value.replace('{port}', String(port))]);
  });
  return Object.fromEntries(entries);
}

/** A port that is probed by HTTP though nobody asked for that, and the annotation (`KEY=VALUE`) that makes the probe plain. */
export interface HttpProbe {
  readonly port: number;
  readonly annotation: string;
}

/** The ports whose `appProtocol` makes a load balancer probe them by HTTP, unless an annotation says otherwise. */
export function probedByHttp({ healthCheck }: LoadBalancer, { metadata, spec }: Service): HttpProbe[] {
  const [template] = Object.entries(healthCheck.plainProbe ?? {});
  if (!template) return [];
  return (spec?.ports ?? []).flatMap(({ port, appProtocol }) => {
    const key = template[0].replace('{port}', String(port));
    if (!/^https?$/i.test(appProtocol ?? '') || metadata?.annotations?.[key] !== undefined) return [];
    return [{ port, annotation: `${key}=${template[1]}` }];
  });
}
