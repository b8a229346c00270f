import type { Endpoint } from '../../exposure/endpoint.ts';
import { mappingOf } from '../../exposure/port-mapping.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { headPodOf, type SkyCluster } from '../../skypilot/sky-cluster.ts';
import { listens } from '../../snapshot/listening-sockets.ts';
import type { PodProbe } from '../../snapshot/probe.ts';
import { itemsOf } from '../../snapshot/topics.ts';

/** The state of a port as seen from inside the head Pod. */
export interface Inside {
  /** The result of `--probe=pod` for this port; undefined if the port was not probed. */
  readonly probe: PodProbe | undefined;
  /** Whether an app listens on the port for callers from outside of the Pod; undefined if this is not known. */
  readonly listens: boolean | undefined;
}

type PortOf = Pick<Endpoint, 'namespace' | 'nameOnCloud' | 'port' | 'targetPort'>;

/** The Pod port behind a Service port; undefined if the SkyPilot cluster was not seen. */
export function podPortOf(view: SnapshotIndex, row: PortOf): number | undefined {
  const skyCluster = skyClusterOf(view, row);
  return skyCluster && mappingOf({ port: row.port, targetPort: row.targetPort }, skyCluster).targetPort;
}

/** The result of `--probe=pod` for a port. */
export function insideOf(view: SnapshotIndex, row: PortOf): Inside {
  const skyCluster = skyClusterOf(view, row);
  const pod = skyCluster && headPodOf(skyCluster)?.metadata?.name;
  const port = podPortOf(view, row);
  const probe = itemsOf(view.snapshot.topics.podProbes).find(
    (each) => each.namespace === row.namespace && each.pod === pod && each.port === port,
  );
  if (!probe) return { probe: undefined, listens: undefined };
  const isKnown = probe.listening !== null || probe.proxy.outcome === 'answers' || probe.proxy.outcome === 'refused';
  return { probe, listens: isKnown ? listens(probe) : undefined };
}

function skyClusterOf(view: SnapshotIndex, { namespace, nameOnCloud }: PortOf): SkyCluster | undefined {
  return view.skyClusterNamed(namespace, nameOnCloud);
}
