import { advice, command, cure } from '../../../errors/cure.ts';
import { controllerBuildOf, lastReleases } from '../../../platforms/ingress-nginx-releases.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, podReference } from '../../finding.ts';
import { controllerImageOf, ingressNginxPods } from '../../subjects/ingress-controller-pods.ts';
import { aboutIngressMode, notInIngressMode } from '../../subjects/ingress-mode.ts';

export const ingressNginxRetired = defineCheck({
  id: 'ingress-nginx-retired',
  group: 'controller',
  onPath: false,
  title: 'the ingress controller is maintained',
  severity: 'info',
  needs: ['services'],
  wants: ['pods', 'ingresses', 'controllerPods'],
  after: ['api-server-answers'],
  docs: {
    means: 'The controller is the upstream build of ingress-nginx, which the Kubernetes project retired in March 2026.',
    matters:
      "What is installed goes on working, and SkyPilot's ingress mode needs its annotations. There are no releases and no fixes any more, not for nginx itself either. Some vendors still patch their own builds (RKE2, AKS).",
    fix: "Nothing is urgent. A vendor's build, or Traefik's kubernetesIngressNGINX provider, reads the same annotations. SkyPilot then finds no Service of its controller, unless it is shown the address.",
    commands: [
      cure(command`kubectl skyports annotate --signpost ADDRESS`, 'shows SkyPilot the ADDRESS of the controller'),
    ],
    sources: [
      'https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement',
      'kubernetes/ingress-nginx, README.md',
      'https://doc.traefik.io/traefik/reference/install-configuration/providers/kubernetes/kubernetes-ingress-nginx',
    ],
  },
  notApplicable: notInIngressMode,
  needsHere: () => ['controllerPods'],
  find(scene) {
    const upstream = ingressNginxPods(scene).filter(
      (pod) => controllerBuildOf(controllerImageOf(pod) ?? '').by === 'upstream',
    );
    if (upstream.length === 0) return [];
    return [
      {
        about: aboutIngressMode(scene),
        objects: upstream.map(podReference),
        evidence: upstream.map((pod) => fieldOf(podReference(pod), 'spec.containers[].image', controllerImageOf(pod))),
      },
    ];
  },
  say: () =>
    `ingress-nginx was retired in March 2026; ${lastReleases.at(-1)} was its last release. What is installed goes on working`,
  cures: () => [advice("nothing is urgent; a vendor's build or Traefik's nginx provider is maintained")],
});
