import type { Service } from 'kubernetes-types/core/v1';
import { ingressClassOf } from '../../exposure/controllers/ingress-address.ts';
import { controllerOfClassName } from '../../exposure/controllers/ingress-controllers.ts';
import { ingressNginxController } from '../../exposure/controllers/known-controllers.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { allModes } from '../../modes/all-modes.ts';
import { isOwnAnswer, mayBeOwnAnswer } from '../../platforms/controller-pages.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { type AddressProbe, type HttpAnswer, probeKey } from '../../snapshot/probe.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { flagOf, isNginxProvider } from './controller-flags.ts';
import { targetsOf } from './probe-targets.ts';

/** The ingress controllers that may answer calls of a row in place of the app. */
export interface InFront {
  /** The `spec.controller` of the row's IngressClass; undefined if the class was not seen. */
  readonly controller: string | undefined;
  /**
   * The controllers that may answer: `controller`, and Traefik if its nginx provider serves the same class. Traefik is
   * listed with the `spec.controller` of its own class.
   */
  readonly all: readonly (string | undefined)[];
}

/**
 * The controllers before the app of a row; undefined if callers reach the app directly.
 * @param view the index for the row; undefined if only the modes of rows are known
 */
export function inFrontOf(row: Endpoint, view: SnapshotIndex | undefined): InFront | undefined {
  if (allModes[row.mode].answeredBy === 'app') return undefined;
  const [first] = row.source;
  if (first?.kind !== 'Ingress' || !view) return { controller: undefined, all: [undefined] };
  const { ingresses, controllerPods } = view.snapshot.topics;
  const byKey = view.shared(
    'ingresses by key',
    [ingresses],
    () => new Map(itemsOf(ingresses).map((each) => [keyOf(each), each])),
  );
  const ingress = byKey.get(`${first.namespace}/${first.name}`);
  if (!ingress) return { controller: undefined, all: [undefined] };
  const { name, class: ingressClass } = ingressClassOf(view, ingress);
  const isField = ingress.spec?.ingressClassName !== undefined;
  const controller = ingressClass?.spec?.controller ?? (isField ? undefined : controllerOfClassName(name)?.controller);
  const isShared = controller === ingressNginxController && itemsOf(controllerPods).some(isNginxProvider);
  return { controller, all: isShared ? [controller, traefik] : [controller] };
}

/** The `spec.controller` of Traefik's own IngressClass. */
const traefik = 'traefik.io/ingress-controller';

/**
 * The calls, with corrected senders. An app may send the same page as a controller. If that controller is not on the
 * path of the call, the page counts as an answer of the app.
 */
export function withKnownSenders(
  probes: readonly AddressProbe[],
  view: SnapshotIndex | undefined,
  rows: readonly Endpoint[],
): AddressProbe[] {
  const byKey = new Map(rows.flatMap((row) => targetsOf(row).map((target) => [probeKey(target), row] as const)));
  return probes.map((probe) => {
    const row = byKey.get(probeKey(probe));
    if (!row) return probe;
    const front = inFrontOf(row, view);
    const known = <T extends HttpAnswer | null>(answer: T) => answer && withKnownSender(answer, front);
    const { http, followed, landing, slashless, unauthenticated, websocket } = probe;
    return {
      ...probe,
      http: known(http),
      ...(followed && { followed: { ...followed, http: known(followed.http) } }),
      ...(landing && { landing: withKnownSender(landing, front) }),
      ...(slashless && { slashless: withKnownSender(slashless, front) }),
      ...(unauthenticated && {
        unauthenticated: { ...unauthenticated, answer: withKnownSender(unauthenticated.answer, front) },
      }),
      ...(websocket && {
        websocket: { ...websocket, own: withKnownSender(websocket.own, front), foreign: known(websocket.foreign) },
      }),
    };
  });
}

function withKnownSender(http: HttpAnswer, front: InFront | undefined): HttpAnswer {
  const { page, status } = http;
  if (page === null) return http;
  return (front?.all ?? [null]).some((each) => isOwnAnswer(page, status, each)) ? http : { ...http, page: null };
}

/** Why it is unknown whether the app or the controller sent an answer; undefined if the sender is known. */
export function whyUntold(
  { outcome, status, page }: HttpAnswer,
  row: Endpoint,
  view: SnapshotIndex | undefined,
): string | undefined {
  if (outcome !== 'answered' || page) return undefined;
  const front = inFrontOf(row, view);
  const backend = front && view && defaultBackendOf(front, view);
  if (backend !== undefined && (status === 404 || status === 503)) {
    return `the default backend ${backend} of ingress-nginx may answer so in place of the app`;
  }
  if (!front?.all.some((each) => mayBeOwnAnswer(status, each))) return undefined;
  const whose = front.controller === undefined ? 'its ingress controller' : `the controller ${front.controller}`;
  return `${whose} may answer so itself: how its own answers look is not known`;
}

/** The component label that the chart of ingress-nginx gives the Service of its default backend. */
const isDefaultBackend = ({ metadata }: Service) =>
  metadata?.labels?.['app.kubernetes.io/name'] === 'ingress-nginx' &&
  metadata.labels['app.kubernetes.io/component'] === 'default-backend';

/**
 * The default backend that ingress-nginx asks if no rule matches a call (404) or a rule has no ready backend (503). It
 * answers with any body, like an app. It is known from the flag of the controller's Pods. If no Pod was seen, the
 * Service of the chart shows that there is one. Undefined if there is none.
 * Sources: ingress-nginx docs/user-guide/default-backend.md; charts/ingress-nginx/templates/default-backend-service.yaml.
 */
function defaultBackendOf({ all }: InFront, { snapshot: { topics } }: SnapshotIndex): string | undefined {
  if (!all.includes(ingressNginxController)) return undefined;
  const pods = itemsOf(topics.controllerPods).filter(
    ({ spec }) =>
      flagOf(spec, 'election-id') ?? flagOf(spec, 'controller-class') ?? flagOf(spec, 'default-backend-service'),
  );
  const named = pods.map(({ metadata, spec }) =>
    flagOf(spec, 'default-backend-service')?.replace('$(POD_NAMESPACE)', metadata?.namespace ?? ''),
  );
  const found = named.find((each) => each !== undefined);
  if (found !== undefined || pods.length > 0) return found;
  const service = [topics.services, topics.controllerServices, topics.ingressNginxServices]
    .flatMap(itemsOf)
    .find(isDefaultBackend);
  return service && keyOf(service);
}

/**
 * Whether an answer proves nothing about the app, because the controller itself may have sent it. This is so for
 * statuses from 400 to 499, except 401 and 403: they count as answers of the port.
 */
export function provesNothing(status: number): boolean {
  return status >= 400 && status < 500 && status !== 401 && status !== 403;
}
