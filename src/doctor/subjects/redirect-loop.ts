import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { advice, type Cure, command, cure, part } from '../../errors/cure.ts';
import { webPortsOf } from '../../exposure/controllers/ingress-controllers.ts';
import { nginxAnnotation } from '../../exposure/controllers/known-controllers.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { portArgument } from '../../exposure/port-mapping.ts';
import { tlsEndOf } from '../../platforms/proxy-protocol.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import type { CalledPort } from './called-ports.ts';
import { type ControllerSettings, isOn, settingCure, settingsBehind } from './controller-settings.ts';
import { controllerLogCure } from './ingress-controller-pods.ts';
import { judgedControllers } from './judged-controllers.ts';
import { logsCure } from './pod-cures.ts';

type Scene = Pick<CheckContext, 'view' | 'subject' | 'namespace'>;

/** The facts in the snapshot that explain why a controller redirects to https. */
export interface RedirectCause {
  readonly ingress: Ingress | undefined;
  /** The Service of the ingress controller; undefined if it was not seen. */
  readonly service: Service | undefined;
  readonly settings: ControllerSettings | undefined;
  /** Describes the program that terminates TLS before the controller; undefined if no object shows this program. */
  readonly tlsEnd: string | undefined;
  /** Whether it is certain that https calls arrive at the controller's http port. */
  readonly arrivesPlain: boolean;
  /**
   * The setting that makes ingress-nginx redirect; undefined if no such setting was seen. `tls` means that the
   * Ingress has a certificate.
   */
  readonly forcedBy: 'annotation' | 'ConfigMap' | 'tls' | undefined;
  /**
   * The annotation of the Ingress that redirects every call: `permanent-redirect`. The prefix of the annotation is left
   * out. The redirect may lead to another place than https.
   */
  readonly annotation: string | undefined;
}

/** Annotations that redirect every call of an Ingress. */
const redirecting = ['permanent-redirect', 'temporal-redirect', 'app-root'] as const;

/** The Service of the ingress controller that serves a port; undefined if it was not seen. */
export function controllerServiceOf(row: Endpoint, scene: Scene): Service | undefined {
  return judgedControllers(scene).find(({ rows }) => rows.some(({ url }) => url === row.url))?.service;
}

/** Describes the program that terminates TLS before a controller; undefined if no object shows this program. */
export function tlsEndWords(service: Service): string | undefined {
  const annotation = tlsEndOf(service);
  const name = `Service ${service.metadata?.namespace}/${service.metadata?.name}`;
  if (annotation) return `the load balancer of ${name} ends TLS (annotation ${annotation})`;
  const { https } = webPortsOf(service);
  return leadsToHttp(service) ? `${name} leads port ${https?.port} to the controller's http port` : undefined;
}

/**
 * Finds why the controller of a port redirects to https, and whether https calls arrive at the controller as plain
 * HTTP.
 */
export function redirectCauseOf(
  { row }: Pick<CalledPort, 'row'>,
  scene: Scene,
  service: Service | undefined = controllerServiceOf(row, scene),
): RedirectCause {
  const { view } = scene;
  const [first] = row.source;
  const key = `${first?.namespace}/${first?.name}`;
  const ingress =
    first?.kind === 'Ingress' ? itemsOf(view.snapshot.topics.ingresses).find((each) => keyOf(each) === key) : undefined;
  const settings = service && settingsBehind(service, view.snapshot);
  const annotations = ingress?.metadata?.annotations ?? {};
  const isForced = isOn(annotations[nginxAnnotation('force-ssl-redirect')]);
  const elsewhere = redirecting.find((key) => annotations[nginxAnnotation(key)] !== undefined);
  const forcedBy = isForced
    ? 'annotation'
    : isOn(settings?.settings?.['force-ssl-redirect'])
      ? 'ConfigMap'
      : redirectsByCertificate(ingress, settings)
        ? 'tls'
        : undefined;
  const tlsEnd = service && tlsEndWords(service);
  const annotation = isForced ? 'force-ssl-redirect' : elsewhere;
  const arrivesPlain = Boolean(service && leadsToHttp(service));
  return { ingress, service, settings, tlsEnd, arrivesPlain, forcedBy, annotation };
}

/**
 * Whether ingress-nginx redirects to https because the Ingress has a certificate. The setting `ssl-redirect` can turn
 * this off.
 */
function redirectsByCertificate(ingress: Ingress | undefined, settings: ControllerSettings | undefined): boolean {
  const own = ingress?.metadata?.annotations?.[nginxAnnotation('ssl-redirect')];
  const isLeft = own === undefined ? settings?.settings?.['ssl-redirect'] : own;
  return (ingress?.spec?.tls ?? []).length > 0 && (isLeft === undefined || isOn(isLeft));
}

/**
 * Whether the Service sends the http port and the https port to the controller's http port. This is usual if the load
 * balancer has the certificate.
 */
function leadsToHttp(service: Service): boolean {
  const { http, https } = webPortsOf(service);
  if (!http || !https || http === https) return false;
  return (http.targetPort ?? http.port) === (https.targetPort ?? https.port);
}

/**
 * Cures that send the https port of the Service to the controller's http port, because the load balancer already
 * terminates TLS.
 */
export function plainPortCures(call: CalledPort, scene: Scene): Cure[] {
  const { service } = redirectCauseOf(call, scene);
  const { http, https } = service ? webPortsOf(service) : {};
  if (!service || !http || !https) return [controllerLogCure(scene, null, 'shows the calls as they arrive')];
  const { name = '', namespace = '' } = service.metadata ?? {};
  const patch = JSON.stringify({ spec: { ports: [{ port: https.port, targetPort: http.targetPort ?? http.port }] } });
  const plain = command`kubectl patch service ${name} -n ${namespace} -p ${patch}`;
  return [cure(plain, "sends the port to the controller's http port")];
}

/** Why a redirect to https never ends; undefined if the snapshot does not show it. */
export function loopWhy(call: Pick<CalledPort, 'row'>, scene: Scene): string | undefined {
  const { tlsEnd, forcedBy, settings, annotation } = redirectCauseOf(call, scene);
  if (annotation && !forcedBy) return `its Ingress has the annotation ${nginxAnnotation(annotation)}`;
  const forced =
    forcedBy &&
    {
      annotation: 'its Ingress has force-ssl-redirect',
      ConfigMap: `ConfigMap ${settings?.configMap.namespace}/${settings?.configMap.name} has force-ssl-redirect`,
      tls: 'its Ingress has a certificate',
    }[forcedBy];
  if (!tlsEnd) return forced;
  return `${tlsEnd}, so the controller sees every call as plain HTTP${forced ? `, and ${forced}` : ''}`;
}

/**
 * Cures that stop the redirects to https.
 *
 * @param isOwn whether the controller itself redirects
 */
export function loopCuresOf(call: Pick<CalledPort, 'row'>, isOwn: boolean, scene: Scene): Cure[] {
  const { row } = call;
  const { ingress, settings, tlsEnd, forcedBy, annotation } = redirectCauseOf(call, scene);
  const cures: Cure[] = [];
  const believes = isOn(settings?.settings?.['use-forwarded-headers']);
  if (settings && tlsEnd && !believes) {
    const note = 'makes ingress-nginx trust the header X-Forwarded-Proto of a load balancer that speaks HTTP with it';
    cures.push(settingCure(settings, { 'use-forwarded-headers': 'true' }, note));
  }
  if (settings && forcedBy === 'ConfigMap') {
    cures.push(
      settingCure(settings, { 'force-ssl-redirect': 'false' }, 'stops ingress-nginx from redirecting to https'),
    );
  }
  if (settings && forcedBy === 'tls') {
    cures.push(settingCure(settings, { 'ssl-redirect': 'false' }, 'stops ingress-nginx from redirecting to https'));
  }
  if (annotation && (isOwn || !forcedBy)) cures.push(withoutAnnotation(row, ingress, annotation));
  if (cures.length > 0) return cures;
  const look = cure(command`curl -sIL --max-redirs 3 ${row.url ?? ''}`, 'shows the redirects one by one');
  if (isOwn) return [look];
  return [logsCure(row.skyCluster, 'shows the log of the app; if a proxy ends TLS, the app needs to know'), look];
}

/**
 * A cure that removes an annotation from an Ingress. The command depends on the owner of the Ingress: for SkyPilot's
 * own Ingress, it changes SkyPilot's configuration.
 */
function withoutAnnotation(row: Endpoint, ingress: Ingress | undefined, annotation: string): Cure {
  const key = `${nginxAnnotation(annotation)}-`;
  const note = 'stops the redirect of this Ingress';
  if (row.managedBy === 'kubectl-skyports') {
    const place = part`-n ${row.namespace} --mode ingress --annotation ${key}`;
    return cure(command`kubectl skyports expose ${operandOf(row)} ${portArgument(row)} ${place}`, note);
  }
  if (row.managedBy === 'skypilot') {
    return advice(`remove ${annotation} from kubernetes.custom_metadata in SkyPilot's configuration`);
  }
  const { name = '', namespace = '' } = ingress?.metadata ?? {};
  return cure(command`kubectl annotate ingress ${name} -n ${namespace} ${key}`, note);
}
