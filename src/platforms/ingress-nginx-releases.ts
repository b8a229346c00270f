/** A vulnerability of ingress-nginx itself, and the first fixed release of each release line. */
export interface Vulnerability {
  readonly ids: readonly string[];
  /** The effect of the vulnerability, in a few words. */
  readonly effect: string;
  /**
   * The fixed releases as `major.minor.patch`, ascending, one for each release line. Older lines have no fixed release.
   * Newer lines never had the vulnerability.
   */
  readonly fixedIn: readonly string[];
  readonly source: string;
}

/** The last release of each line before the project was archived (kubernetes/ingress-nginx, README and changelog/). */
export const lastReleases = ['1.13.9', '1.14.5', '1.15.1'] as const;

/**
 * The known vulnerabilities, from the announcements of the Kubernetes project. `fixedIn` lists the releases that the
 * announcement names.
 */
export const vulnerabilities: readonly Vulnerability[] = [
  {
    ids: ['CVE-2025-1974', 'CVE-2025-1097', 'CVE-2025-1098', 'CVE-2025-24513', 'CVE-2025-24514'],
    effect: 'anyone in the Pod network can take over the controller (IngressNightmare)',
    fixedIn: ['1.11.5', '1.12.1'],
    source: 'https://github.com/kubernetes/kubernetes/issues/131007',
  },
  {
    ids: ['CVE-2025-15566'],
    effect: 'any user who may write an Ingress can take over the controller (auth-proxy-set-headers)',
    fixedIn: ['1.12.5', '1.13.1'],
    source: 'https://github.com/kubernetes/kubernetes/issues/136789',
  },
  {
    ids: ['CVE-2026-1580', 'CVE-2026-24512', 'CVE-2026-24513', 'CVE-2026-24514'],
    effect: 'any user who may write an Ingress can take over the controller (paths)',
    fixedIn: ['1.13.7', '1.14.3'],
    source: 'https://github.com/kubernetes/kubernetes/issues/136678',
  },
  {
    ids: ['CVE-2026-3288'],
    effect: 'any user who may write an Ingress can take over the controller (rewrite-target)',
    fixedIn: ['1.13.8', '1.14.4', '1.15.0'],
    source: 'https://github.com/kubernetes/kubernetes/issues/137560',
  },
  {
    ids: ['CVE-2026-4342'],
    effect: 'any user who may write an Ingress can take over the controller (comments)',
    fixedIn: ['1.13.9', '1.14.5', '1.15.1'],
    source: 'https://github.com/kubernetes/kubernetes/issues/137893',
  },
];

/**
 * The origin of a controller image. It is upstream's, with its version, or a vendor's. A vendor patches the controller
 * and has its own version numbers.
 */
export type ControllerBuild =
  | { readonly by: 'upstream'; readonly version: string | undefined }
  | { readonly by: 'vendor' };

/**
 * Detects whether a controller image is upstream's. Mirrors keep the path of upstream's image, so in any registry it
 * ends with `ingress-nginx/controller` or `controller-chroot`. Vendors use other paths, such as
 * `rancher/nginx-ingress-controller` of RKE2.
 */
export function controllerBuildOf(image: string): ControllerBuild {
  const [name = '', digestless = ''] = /^(.+?)(?::([^:/@]+))?(?:@.*)?$/.exec(image)?.slice(1) ?? [];
  if (!/(^|\/)ingress-nginx\/controller(-chroot)?$/.test(name)) return { by: 'vendor' };
  const version = /^v?([01]\.\d+\.\d+)(?:[-+].*)?$/.exec(digestless)?.[1];
  return { by: 'upstream', version };
}

/** The known vulnerabilities of an upstream release, oldest first. */
export function vulnerabilitiesOf(version: string): Vulnerability[] {
  return vulnerabilities.filter(({ fixedIn }) => {
    const ownLine = fixedIn.find((fixed) => lineOf(fixed) === lineOf(version));
    return compareVersions(version, ownLine ?? fixedIn[0]!) < 0;
  });
}

/** Compares two versions. The result is negative, zero or positive, as for `sort`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (const [i, part] of left.entries()) {
    const difference = part - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function lineOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
