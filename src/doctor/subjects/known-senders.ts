import { ingressClassOf } from '../../exposure/controllers/ingress-address.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { allModes } from '../../modes/all-modes.ts';
import { isOwnAnswer } from '../../platforms/controller-pages.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { type AddressProbe, type HttpAnswer, probeKey } from '../../snapshot/probe.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { targetsOf } from './probe-targets.ts';

/**
 * The calls, without the senders that cannot be on their path: a page that an app may send, too, is the app's if no
 * controller is on the path, or another one than the page's.
 *
 * @param view undefined if only the modes of the rows are known
 */
export function withKnownSenders(
  probes: readonly AddressProbe[],
  view: SnapshotIndex | undefined,
  rows: readonly Endpoint[],
): AddressProbe[] {
  const byKey = new Map(rows.flatMap((row) => targetsOf(row).map((target) => [probeKey(target), row] as const)));
  const ingresses = new Map(itemsOf(view?.snapshot.topics.ingresses ?? unseen).map((each) => [keyOf(each), each]));
  const controllerOf = ({ mode, source: [first] }: Endpoint): string | undefined | null => {
    if (allModes[mode].answeredBy === 'app') return null;
    const ingress = first?.kind === 'Ingress' ? ingresses.get(`${first.namespace}/${first.name}`) : undefined;
    return ingress && view ? ingressClassOf(view, ingress).class?.spec?.controller : undefined;
  };
  return probes.map((probe) => {
    const row = byKey.get(probeKey(probe));
    if (!row) return probe;
    // `spec.controller` of the class of the Ingress; undefined if it is unknown, null if no controller is on the path.
    const controller = controllerOf(row);
    const { http, followed } = probe;
    return {
      ...probe,
      http: http && withKnownSender(http, controller),
      ...(followed && { followed: { ...followed, http: followed.http && withKnownSender(followed.http, controller) } }),
    };
  });
}

function withKnownSender(http: HttpAnswer, controller: string | undefined | null): HttpAnswer {
  const { page, status } = http;
  return page === null || isOwnAnswer(page, status, controller) ? http : { ...http, page: null };
}

const unseen = { observed: false, reason: 'not-collected', message: '' } as const;
