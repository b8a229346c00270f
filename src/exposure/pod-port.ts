import type { Pod } from 'kubernetes-types/core/v1';
import { headPodOf, type SkyCluster } from '../skypilot/sky-cluster.ts';
import type { PortMapping } from './port-mapping.ts';

/** A Service port as rows and Services have it; `targetPort` is a number, a name or, left out, the same number (core/v1 ServicePort). */
interface NumberedPort {
  readonly port: number;
  readonly targetPort?: number | string | undefined;
}

/** The mapping that opens the same port again: a target's name is looked up in the head Pod, and without it the Service port stands. */
export function mappingOf({ port, targetPort = port }: NumberedPort, skyCluster: SkyCluster | undefined): PortMapping {
  const number = Number(targetPort);
  const pod = skyCluster && headPodOf(skyCluster);
  return { servicePort: port, targetPort: number || (portNamed(String(targetPort), pod) ?? port) };
}

function portNamed(name: string, pod: Pod | undefined): number | undefined {
  const ports = (pod?.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === name)?.containerPort;
}

/** Ports that lead to the Pod's port of the same number. */
export function samePorts(ports: readonly number[]): PortMapping[] {
  return ports.map((port) => ({ servicePort: port, targetPort: port }));
}
