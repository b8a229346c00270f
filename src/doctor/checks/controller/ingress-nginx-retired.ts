import { type Cure, command, cure } from '../../../errors/cure.ts';
import { controllerBuildOf, lastReleases } from '../../../platforms/ingress-nginx-releases.ts';
import type { ObjectReference } from '../../../snapshot/object-reference.ts';
import { defineCheck } from '../../define-check.ts';
import { type Evidence, fieldOf, podReference } from '../../finding.ts';
import { platformTopics } from '../../subjects/exposing-services.ts';
import { controllerImageOf, ingressNginxPods } from '../../subjects/ingress-controller-pods.ts';
import { aboutIngressMode, notInIngressMode } from '../../subjects/ingress-mode.ts';
import { stepsToTraefik } from '../../subjects/ingress-setup-cures.ts';
import { controllerTopics } from '../../subjects/judged-controllers.ts';

interface Retired {
  readonly about: readonly string[];
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
  readonly cures: readonly Cure[];
}

export const ingressNginxRetired = defineCheck({
  id: 'ingress-nginx-retired',
  group: 'controller',
  onPath: false,
  title: 'the ingress controller is maintained',
  severity: 'info',
  needs: ['services'],
  wants: [...controllerTopics, 'controllerPods', ...platformTopics],
  after: ['api-server-answers'],
  docs: () => ({
    means: 'The controller is the upstream build of ingress-nginx, which the Kubernetes project retired in March 2026.',
    matters:
      "An installed controller continues to work, and SkyPilot's ingress mode needs its annotations. But there are no more releases or fixes, not even for vulnerabilities of nginx. Some vendors still patch their own builds (RKE2, AKS).",
    fix: "This is not urgent. Traefik is maintained, and its kubernetesIngressNGINX provider (3.6.2 or newer) reads the same annotations. The finding has the commands for these steps: install Traefik beside ingress-nginx with its own class, call a URL at its address, remove ingress-nginx, and give SkyPilot the new address. SkyPilot's Ingresses stay as they are. https://github.com/kubectl-skyports/kubectl-skyports/blob/main/docs/annotate.md says what was tested.",
    commands: [
      cure(
        command`kubectl skyports annotate --signpost ADDRESS --ingress-class traefik-nginx`,
        'makes the class nginx for Traefik, and shows SkyPilot its ADDRESS',
      ),
    ],
    sources: [
      'https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement',
      'kubernetes/ingress-nginx, README.md',
      'https://doc.traefik.io/traefik/migrate/nginx-to-traefik/',
    ],
  }),
  notApplicable: notInIngressMode,
  needsHere: () => ['controllerPods'],
  find(scene): Retired[] {
    const upstream = ingressNginxPods(scene).filter(
      (pod) => controllerBuildOf(controllerImageOf(pod) ?? '').by === 'upstream',
    );
    if (upstream.length === 0) return [];
    return [
      {
        about: aboutIngressMode(scene),
        objects: upstream.map(podReference),
        cures: stepsToTraefik(scene, upstream[0]!),
        evidence: upstream.map((pod) => fieldOf(podReference(pod), 'spec.containers[].image', controllerImageOf(pod))),
      },
    ];
  },
  say: () =>
    `ingress-nginx was retired in March 2026; ${lastReleases.at(-1)} was its last release. It continues to work; these are the steps to Traefik, whose nginx provider serves the same Ingresses`,
  cures: ({ cures }) => cures,
});
