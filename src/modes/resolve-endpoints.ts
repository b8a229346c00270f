import { compareEndpoints, type Endpoint } from '../exposure/endpoint.ts';
import type { PortModeName } from '../exposure/port-mode-names.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { modeRecords } from './all-modes.ts';

/** Restricts the endpoints to return. An absent field restricts nothing. */
export interface EndpointFilter {
  readonly skyClusters?: readonly { readonly namespace: string; readonly nameOnCloud: string }[] | undefined;
  /** The Service ports. In mode podip, they also create rows, since no object records ports in that mode. */
  readonly ports?: readonly number[] | undefined;
  readonly modes?: readonly PortModeName[] | undefined;
}

/** All endpoints of the snapshot's SkyPilot clusters that match the filter, in a total order. */
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
