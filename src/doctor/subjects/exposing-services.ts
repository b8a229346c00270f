import type { Service } from 'kubernetes-types/core/v1';
import type { Owner } from '../../exposure/endpoint.ts';
import { mappingOf } from '../../exposure/pod-port.ts';
import type { PortMapping } from '../../exposure/port-mapping.ts';
import { allModes } from '../../modes/all-modes.ts';
import { ownerOfService } from '../../modes/service-ports.ts';
import { isInternalServiceName } from '../../skypilot/names.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { Scene } from '../scene.ts';

/** A Service that opens ports of a SkyPilot cluster. */
export interface ExposingService {
  readonly service: Service;
  readonly skyCluster: SkyCluster;
  readonly owner: Owner;
  /** Its Service ports that are judged, and where they lead. */
  readonly ports: readonly PortMapping[];
}

/** The Services in front of the judged SkyPilot clusters that have a judged port; SkyPilot's own head and worker Services are left out. */
export function exposingServices({ view, subject }: Pick<Scene, 'view' | 'subject'>): ExposingService[] {
  const { skyCluster: named, ports: wanted, mode } = subject;
  return itemsOf(view.snapshot.topics.services).flatMap((service) => {
    if (mode && (service.spec?.type ?? 'ClusterIP') !== allModes[mode].serviceType) return [];
    const ports = (service.spec?.ports ?? []).filter(({ port }) => !wanted || wanted.includes(port));
    if (ports.length === 0) return [];
    return view
      .skyClustersOf(service)
      .filter(
        ({ namespace, nameOnCloud }) =>
          !isInternalServiceName(service.metadata?.name ?? '', nameOnCloud) &&
          (!named || (named.namespace === namespace && named.nameOnCloud === nameOnCloud)),
      )
      .map((skyCluster) => ({
        service,
        skyCluster,
        owner: ownerOfService(service),
        ports: ports.map((port) => mappingOf(port, skyCluster)),
      }));
  });
}
