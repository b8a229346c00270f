import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** Field manager of our server-side apply, and the value of our managed-by label. */
export const fieldManager = 'kubectl-skyports';
export const managedByLabel = 'app.kubernetes.io/managed-by';

/** Our annotation on what we make: the display name, so that `unexpose NAME` works after the Pods are gone. */
export const skyClusterAnnotation = 'skyports/sky-cluster';

/** `C--skyports-lb`; like all our suffixes it fits the 21 characters that SkyPilot leaves free (skypilot.md 3.1). */
export const ownLoadBalancerName = (nameOnCloud: string): string => `${nameOnCloud}--skyports-lb`;
export const ownNodePortName = (nameOnCloud: string): string => `${nameOnCloud}--skyports-nodeport`;
/**
 * The Ingress of one set of annotations. A name of an Ingress may have 253 characters, so the set's name fits behind it.
 *
 * @param set a DNS label; '' for the usual set
 */
export const ownIngressName = (nameOnCloud: string, set = ''): string =>
  `${nameOnCloud}--skyports-ingress${set === '' ? '' : `--${set}`}`;
export const ownPortServiceName = (nameOnCloud: string, port: number): string =>
  `${nameOnCloud}--skyports-svc--${port}`;

/** Our annotation on an Ingress that only redirects callers to the paths of another one: its paths are no endpoints. */
export const redirectAnnotation = 'skyports/only-redirects';

/** Whether this plugin made the object. */
export function isOurs(metadata: ObjectMeta | undefined): boolean {
  return metadata?.labels?.[managedByLabel] === fieldManager;
}

/** The name on the cloud in the name of an object of ours; undefined for any other name. */
export function nameOnCloudOfOurs(name: string): string | undefined {
  return /^(.+)--skyports-(?:lb|nodeport|ingress(?:--[a-z0-9-]+)?|svc--\d+)$/.exec(name)?.[1];
}

/** The Service port in the name of one of our per-port Services; undefined for any other name. */
export function portOfOurPortService(name: string): number | undefined {
  const port = /--skyports-svc--(\d+)$/.exec(name)?.[1];
  return port === undefined ? undefined : Number(port);
}
