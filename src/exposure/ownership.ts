import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** The name of this plugin as a field manager in server-side apply, and as the value of the managed-by label. */
export const fieldManager = 'kubectl-skyports';
export const managedByLabel = 'app.kubernetes.io/managed-by';

/**
 * The annotation with the display name of the SkyPilot cluster, on objects that this plugin creates. With it, `unexpose
 * NAME` works even after the Pods are deleted.
 */
export const skyClusterAnnotation = 'skyports/sky-cluster';

/**
 * The name of the load balancer Service for a cluster: `CLUSTER--skyports-lb`. SkyPilot's names are so short that a
 * suffix of up to 21 characters fits.
 */
export const ownLoadBalancerName = (nameOnCloud: string): string => `${nameOnCloud}--skyports-lb`;
export const ownNodePortName = (nameOnCloud: string): string => `${nameOnCloud}--skyports-nodeport`;
/**
 * The name of the Ingress for one set of annotations. It contains the name of the set. An Ingress name may have up to
 * 253 characters.
 *
 * @param set a DNS label; '' for the usual set. It must not start with `redirect-`, because `ownRedirectName` uses this
 * prefix
 */
export const ownIngressName = (nameOnCloud: string, set = ''): string =>
  `${nameOnCloud}--skyports-ingress${set === '' ? '' : `--${set}`}`;
/** The name of the Ingress that redirects callers of one port from `/path` to `/path/`. */
export const ownRedirectName = (nameOnCloud: string, port: number): string =>
  ownIngressName(nameOnCloud, `redirect-${port}`);
/** The name of the Secret with the passwords for the ports of one SkyPilot cluster. */
export const ownAuthSecretName = (nameOnCloud: string): string => `${nameOnCloud}--skyports-auth`;
export const ownPortServiceName = (nameOnCloud: string, port: number): string =>
  `${nameOnCloud}--skyports-svc--${port}`;

/**
 * The annotation on an Ingress whose only purpose is to redirect callers to another Ingress. Its paths are not
 * endpoints.
 */
export const redirectAnnotation = 'skyports/only-redirects';

/** Whether this plugin created the object. */
export function isOurs(metadata: ObjectMeta | undefined): boolean {
  return metadata?.labels?.[managedByLabel] === fieldManager;
}

/** The name on the cloud, from the name of an object of this plugin; undefined for any other name. */
export function nameOnCloudOfOurs(name: string): string | undefined {
  return /^(.+)--skyports-(?:lb|nodeport|ingress(?:--[a-z0-9-]+)?|svc--\d+)$/.exec(name)?.[1];
}

/** The Service port, from the name of a per-port Service of this plugin; undefined for any other name. */
export function portOfOurPortService(name: string): number | undefined {
  const port = /--skyports-svc--(\d+)$/.exec(name)?.[1];
  return port === undefined ? undefined : Number(port);
}
