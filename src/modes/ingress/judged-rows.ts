import type { Endpoint } from '../../exposure/endpoint.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { withCertificatesJudged } from './certificates.ts';
import { withControllersJudged } from './controller-pods.ts';

/** The rows, after a look at what serves them in ingress mode: the Pods of the controller, and the certificates. */
export function withIngressesJudged(view: SnapshotIndex, rows: readonly Endpoint[]): Endpoint[] {
  return withCertificatesJudged(view, withControllersJudged(view, rows));
}
