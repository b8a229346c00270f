import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { type ObjectReference, referenceTo } from '../snapshot/object-reference.ts';
import { listed } from '../snapshot/text.ts';

/**
 * What part of a SkyPilot API server a Service is, if SkyPilot's Helm chart created it; undefined for any other
 * Service. A SkyPilot API server is neither a SkyPilot cluster nor an app.
 *
 * Source: charts/skypilot/templates (api-service.yaml, ssh-service.yaml, oauth2-proxy-service.yaml,
 * ingress-nodeport.yaml).
 */
export function apiServerPartOf({ metadata, spec }: Service): string | undefined {
  const { name = '', labels } = metadata ?? {};
  const { selector, ports = [] } = spec ?? {};
  const release = releaseOf(name);
  if (release === undefined) return undefined;
  if (name.endsWith('-api-service') && selector?.app === `${release}-api`) return apiServer;
  if (name.endsWith('-ssh-service') && selector?.app === `${release}-ssh`) return `the SSH proxy of ${apiServer}`;
  if (name.endsWith('-oauth2-proxy') && labels?.['skypilot.co/component'] === 'oauth2-proxy') {
    return `the sign-in of ${apiServer}`;
  }
  const isNodePort = name.endsWith('-ingress-controller-np') && ports.length > 0;
  return isNodePort && selector?.['app.kubernetes.io/instance'] === release
    ? `the ingress controller of ${apiServer}`
    : undefined;
}

/** Whether the Ingress belongs to a SkyPilot API server (charts/skypilot/templates/ingress.yaml). */
export function isApiServerIngress({ metadata, spec }: Ingress): boolean {
  const release = /^(.+)-ingress$/.exec(metadata?.name ?? '')?.[1];
  if (release === undefined) return false;
  return (spec?.rules ?? []).some(({ http }) =>
    (http?.paths ?? []).some(({ backend }) => backend.service?.name === `${release}-api-service`),
  );
}

/** An object of SkyPilot's Helm chart, with a description. */
export interface ApiServerObject extends ObjectReference {
  /** What the object is, such as `SkyPilot's API server` or `the SSH proxy of SkyPilot's API server`. */
  readonly what: string;
}

/** Of these Services and Ingresses, those that SkyPilot's Helm chart created. */
export function apiServerObjects(services: readonly Service[], ingresses: readonly Ingress[]): ApiServerObject[] {
  const parts = services.flatMap((service) => {
    const what = apiServerPartOf(service);
    return what === undefined ? [] : [{ ...referenceTo('Service', service), what }];
  });
  // Many charts install an ingress-nginx Service. It counts only if its Helm release also has the API server's Service.
  const releases = new Set(
    parts.flatMap(({ namespace, name, what }) => (what === apiServer ? [`${namespace}/${releaseOf(name)}`] : [])),
  );
  const controllers = services.filter(({ metadata }) => {
    const release = metadata?.labels?.['app.kubernetes.io/instance'];
    const isNamed = metadata?.name === `${release}-ingress-nginx-controller`;
    return isNamed && releases.has(`${metadata?.namespace}/${release}`);
  });
  return [
    ...parts,
    ...controllers.map((each) => ({ ...referenceTo('Service', each), what: `the ingress controller of ${apiServer}` })),
    ...ingresses
      .filter(isApiServerIngress)
      .map((each) => ({ ...referenceTo('Ingress', each), what: `the Ingress of ${apiServer}` })),
  ];
}

/**
 * A sentence such as `Service skypilot/sky-api-service is SkyPilot's API server, not a SkyPilot cluster`; undefined if
 * there are no objects.
 */
export function apiServerSentence(objects: readonly ApiServerObject[]): string | undefined {
  if (objects.length === 0) return undefined;
  const each = objects.map(({ kind, namespace, name, what }) => `${kind} ${namespace}/${name} is ${what}`);
  return `${listed(each)}, not ${each.length === 1 ? 'a SkyPilot cluster' : 'SkyPilot clusters'}`;
}

/** What messages call a SkyPilot API server. */
export const apiServer = "SkyPilot's API server";

/**
 * A Service of the SkyPilot API server that a word means. The word may be the name of the Helm release, the Service,
 * the Deployment or its Pod.
 */
export function apiServerNamed(word: string, services: readonly Service[]): Service | undefined {
  const name = word.replace(/^[a-z.]+\//i, '');
  return services.find((service) => {
    if (apiServerPartOf(service) === undefined) return false;
    const own = service.metadata?.name ?? '';
    const release = releaseOf(own);
    return (
      name === own || name === release || name === `${release}-api-server` || name.startsWith(`${release}-api-server-`)
    );
  });
}

function releaseOf(name: string): string | undefined {
  return /^(.+)-(?:api-service|ssh-service|oauth2-proxy|ingress-controller-np)$/.exec(name)?.[1];
}
