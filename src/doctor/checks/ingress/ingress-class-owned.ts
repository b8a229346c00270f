import type { Ingress } from 'kubernetes-types/networking/v1';
import { type Cure, command, cure } from '../../../errors/cure.ts';
import { ingressClassOf } from '../../../exposure/controllers/ingress-address.ts';
import { controllerNamed } from '../../../exposure/controllers/ingress-controllers.ts';
import { skyPilotIngressClass } from '../../../exposure/controllers/signpost.ts';
import { type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { type Evidence, fieldOf } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import {
  aboutIngressMode,
  isPreflight,
  judgedPaths,
  notInIngressMode,
  servedUnseen,
} from '../../subjects/ingress-mode.ts';

interface ForeignClass {
  readonly about: readonly string[];
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
  readonly className: string;
  readonly controller: string;
  readonly product: string;
  /** Name of an existing Ingress; undefined if there is none yet. */
  readonly ingress: string | undefined;
  readonly cures: readonly Cure[];
}

export const ingressClassOwned = defineCheck({
  id: 'ingress-class-owned',
  group: 'ingress',
  onPath: true,
  breaksCalls: true,
  title: "the IngressClass's controller reads nginx's annotations",
  severity: 'error',
  needs: ['services'],
  wants: ['pods', 'ingresses', 'ingressClasses'],
  after: ['api-server-answers', 'ingress-class-exists'],
  docs: {
    means:
      "The IngressClass that is called `nginx` belongs to another product (`spec.controller`), for example Traefik or F5's NGINX Ingress Controller, which do not read `nginx.ingress.kubernetes.io` annotations.",
    matters:
      "SkyPilot looks at the class's name alone, so it opens the ports. Its Ingress needs `use-regex` and `rewrite-target`; without them the path is taken literally and nothing answers under it. A controller that this plugin does not know is not judged.",
    fix: 'Let a controller serve the class that reads these annotations (with Traefik its kubernetesIngressNGINX provider, whose class has the controller `k8s.io/ingress-nginx`), or open the port in another mode.',
    commands: [
      cure(command`kubectl skyports expose NAME PORT --mode nodeport`, 'opens PORT without an ingress controller'),
    ],
    sources: [
      'sky/provision/kubernetes/network_utils.py, ingress_controller_exists',
      'networking.k8s.io/v1 IngressClass, spec.controller',
      'https://doc.traefik.io/traefik/reference/install-configuration/providers/kubernetes/kubernetes-ingress-nginx',
    ],
  },
  notApplicable: (scene) => notInIngressMode(scene) ?? servedUnseen(scene, ['ingressClasses']),
  needsHere: () => ['ingresses', 'ingressClasses'],
  find(scene): ForeignClass[] {
    const foreign = (controller: string | undefined) => {
      const known = controllerNamed(controller);
      return known && !known.readsNginxAnnotations ? known : undefined;
    };
    if (isPreflight(scene)) {
      const classes = itemsOf(scene.view.snapshot.topics.ingressClasses);
      const nginx = classes.find(({ metadata }) => metadata?.name === skyPilotIngressClass);
      const known = foreign(nginx?.spec?.controller);
      if (!nginx || !known) return [];
      const reference = referenceTo('IngressClass', nginx);
      return [
        {
          about: aboutIngressMode(scene),
          objects: [reference],
          evidence: [fieldOf(reference, 'spec.controller', known.controller)],
          className: skyPilotIngressClass,
          controller: known.controller,
          product: known.product,
          ingress: undefined,
          cures: [cure(command`kubectl skyports doctor --mode loadbalancer`, 'shows whether that mode would work')],
        },
      ];
    }
    const found = new Map<string, ForeignClass>();
    for (const { ingress, skyCluster, mapping } of judgedPaths(scene)) {
      const { name, class: ingressClass } = ingressClassOf(scene.view, ingress);
      const known = foreign(ingressClass?.spec?.controller);
      const key = `${clusterKey(skyCluster)} ${ingress.metadata?.name}`;
      if (!known || !ingressClass || !needsNginx(ingress) || found.has(key)) continue;
      const reference = referenceTo('IngressClass', ingressClass);
      found.set(key, {
        about: [clusterKey(skyCluster)],
        objects: [reference, referenceTo('Ingress', ingress)],
        evidence: [fieldOf(reference, 'spec.controller', known.controller)],
        className: name ?? '',
        controller: known.controller,
        product: known.product,
        ingress: `${ingress.metadata?.namespace}/${ingress.metadata?.name}`,
        cures: [
          cure(exposeCommand(skyCluster, [mapping], 'nodeport'), 'reaches the app without an ingress controller'),
        ],
      });
    }
    return [...found.values()];
  },
  say({ className, controller, product, ingress }) {
    const lost = ingress
      ? `the rewriting that Ingress ${ingress} asks for`
      : "the rewriting that SkyPilot's Ingresses ask for";
    return `IngressClass ${className} belongs to ${product} (${controller}), which ignores nginx.ingress.kubernetes.io annotations, and so ${lost}`;
  },
  cures: ({ cures }) => cures,
});

function needsNginx({ metadata }: Ingress): boolean {
  return Object.keys(metadata?.annotations ?? {}).some((key) => key.startsWith('nginx.ingress.kubernetes.io/'));
}
