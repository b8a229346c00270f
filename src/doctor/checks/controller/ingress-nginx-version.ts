import { advice } from '../../../errors/cure.ts';
import { controllerBuildOf, lastReleases, vulnerabilitiesOf } from '../../../platforms/ingress-nginx-releases.ts';
import type { ObjectReference } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { defineCheck } from '../../define-check.ts';
import { type Evidence, fieldOf, podReference } from '../../finding.ts';
import { controllerImageOf, ingressNginxPods } from '../../subjects/ingress-controller-pods.ts';
import { aboutIngressMode, notInIngressMode } from '../../subjects/ingress-mode.ts';

interface Vulnerable {
  readonly about: readonly string[];
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
  readonly version: string;
}

export const ingressNginxVersion = defineCheck({
  id: 'ingress-nginx-version',
  group: 'controller',
  onPath: false,
  title: 'ingress-nginx has no known vulnerability',
  severity: 'warning',
  needs: ['services'],
  wants: ['pods', 'ingresses', 'controllerPods'],
  after: ['api-server-answers'],
  docs: () => ({
    means:
      'The image tag of the controller is an upstream release of ingress-nginx for which the Kubernetes project has announced vulnerabilities. Builds of vendors (RKE2, Microsoft and others) have their own patches and are not checked. Neither is an image with a digest but no tag.',
    matters:
      'By default, the controller can read all Secrets of the Kubernetes cluster, so an attacker who controls it controls the cluster. Every user who may write an Ingress can attack it. Vulnerabilities of nginx itself are not in the list.',
    fix: `Upgrade to one of the last releases: ${lastReleases.join(', ')}. There are no later releases (see ingress-nginx-retired).`,
    sources: [
      'https://github.com/kubernetes/kubernetes/issues/131007, 136678, 136789, 137560, 137893',
      'ingress-nginx changelog/',
    ],
  }),
  notApplicable(scene) {
    const other = notInIngressMode(scene);
    const { controllerPods } = scene.view.snapshot.topics;
    if (other !== undefined || !controllerPods.observed) return other;
    const images = ingressNginxPods(scene).map(controllerImageOf);
    if (images.length === 0) return 'no Pod of ingress-nginx is seen';
    const upstream = images.filter((image) => controllerBuildOf(image ?? '').by === 'upstream');
    return upstream.length === 0
      ? `${images[0] ?? 'its image'} is a vendor's build: look for it in the vendor's list`
      : undefined;
  },
  needsHere: () => ['controllerPods'],
  find(scene): Vulnerable[] {
    const byVersion = new Map<string, { objects: ObjectReference[]; evidence: Evidence[] }>();
    for (const pod of ingressNginxPods(scene)) {
      const image = controllerImageOf(pod) ?? '';
      const build = controllerBuildOf(image);
      if (build.by !== 'upstream' || !build.version) continue;
      const known = byVersion.get(build.version) ?? { objects: [], evidence: [] };
      known.objects.push(podReference(pod));
      known.evidence.push(fieldOf(podReference(pod), 'spec.containers[].image', image));
      byVersion.set(build.version, known);
    }
    return [...byVersion]
      .filter(([version]) => vulnerabilitiesOf(version).length > 0)
      .map(([version, seen]) => ({ about: aboutIngressMode(scene), ...seen, version }));
  },
  say({ version }) {
    const found = vulnerabilitiesOf(version);
    const [worst] = found;
    return `ingress-nginx ${version} has known vulnerabilities: ${listed(found.map(({ ids }) => ids[0]!))}; ${worst!.effect}`;
  },
  cures: () => [
    advice(`upgrade it to ${lastReleases.at(-1)}, the last release, in the way it was installed`),
    advice('or move to a controller that is maintained'),
  ],
});
