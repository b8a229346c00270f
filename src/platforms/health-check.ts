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
