import { compareEndpoints, type Endpoint } from '../exposure/endpoint.ts';
import type { PortModeName } from '../exposure/port-mode-names.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { modeRecords } from './all-modes.ts';

/** Limits the endpoints to return. A field that is absent limits nothing. */
export interface EndpointFilter {
  readonly skyClusters?: readonly { readonly namespace: string; readonly nameOnCloud: string }[] | undefined;
  /**
   * The Service ports. In podip mode, only these ports have rows, because no object contains the ports of that mode.
   */
  readonly ports?: readonly number[] | undefined;
  readonly modes?: readonly PortModeName[] | undefined;
}

/** All endpoints of the SkyPilot clusters in the snapshot that match the filter. They are sorted. */
export function resolveEndpoints(view: SnapshotIndex, filter: EndpointFilter = {}): Endpoint[] {
  const { skyClusters, ports, modes } = filter;
  const wantedClusters =
    skyClusters && new Set(skyClusters.map(({ namespace, nameOnCloud }) => `${namespace}/${nameOnCloud}`));
  const rows = [
    ...modeRecords
      .filter(({ name, recordsPorts }) => recordsPorts || modes?.includes(name))
      .flatMap((mode) => mode.list(view, ports ?? [])),
  ];
  return rows
    .filter(
      (row) =>
        (!wantedClusters || wantedClusters.has(`${row.namespace}/${row.nameOnCloud}`)) &&
        (!ports || ports.includes(row.port)) &&
        (!modes || modes.includes(row.mode)),
    )
    .sort(compareEndpoints);
}
