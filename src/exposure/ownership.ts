import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** The field manager of server-side apply by this plugin, and the value of its managed-by label. */
export const fieldManager = 'kubectl-skyports';
export const managedByLabel = 'app.kubernetes.io/managed-by';

/**
 * The annotation with the display name on objects that this plugin creates, so that `unexpose NAME` works after the Pods are
 * deleted.
 */
export const skyClusterAnnotation = 'skyports/sky-cluster';

/**
 * The name of the load balancer Service of cluster C: `C--skyports-lb`. SkyPilot keeps names so short that suffixes of up to
 * 21 characters fit.
 */
export const ownLoadBalancerName = (nameOnCloud: string): string => `${nameOnCloud}--skyports-lb`;
export const ownNodePortName = (nameOnCloud: string): string => `${nameOnCloud}--skyports-nodeport`;
/**
 * The name of the Ingress of one set of annotations. It contains the name of the set, and may have up to 253
 * characters.
 *
 * @param set a DNS label; '' for the usual set. Names that start with `redirect-` are those of `ownRedirectName`
 */
export const ownIngressName = (nameOnCloud: string, set = ''): string =>
  `${nameOnCloud}--skyports-ingress${set === '' ? '' : `--${set}`}`;
/** The name of the Ingress that redirects callers of one port to its path with a final slash. */
export const ownRedirectName = (nameOnCloud: string, port: number): string =>
  ownIngressName(nameOnCloud, `redirect-${port}`);
export const ownPortServiceName = (nameOnCloud: string, port: number): string =>
  `${nameOnCloud}--skyports-svc--${port}`;

/**
 * The annotation on an Ingress that only redirects callers to another Ingress. The paths of such an Ingress do not count as
 * endpoints.
 */
export const redirectAnnotation = 'skyports/only-redirects';

/** Whether this plugin created the object. */
export function isOurs(metadata: ObjectMeta | undefined): boolean {
  return metadata?.labels?.[managedByLabel] === fieldManager;
}

/** The name on the cloud that the name of an object of this plugin contains; undefined for any other name. */
export function nameOnCloudOfOurs(name: string): string | undefined {
  return /^(.+)--skyports-(?:lb|nodeport|ingress(?:--[a-z0-9-]+)?|svc--\d+)$/.exec(name)?.[1];
}

/** The Service port in the name of a per-port Service of this plugin; undefined for any other name. */
export function portOfOurPortService(name: string): number | undefined {
  const port = /--skyports-svc--(\d+)$/.exec(name)?.[1];
  return port === undefined ? undefined : Number(port);
}
