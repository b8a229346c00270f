import type { Ingress, IngressClass } from 'kubernetes-types/networking/v1';
import { command, cure, part } from '../../../errors/cure.ts';
import type { IngressController } from '../../../exposure/controllers/known-controllers.ts';
import { skyPilotIngressClass } from '../../../exposure/controllers/signpost.ts';
import { referenceTo } from '../../../snapshot/object-reference.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type ToldFinding, toldFindings } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { saidOfIngress, wordsBeside } from '../../subjects/dependants.ts';
import { platformTopics } from '../../subjects/exposing-services.ts';
import { controllerOfClass, servedClassOf } from '../../subjects/ingress-controller-pods.ts';
import {
  aboutIngressMode,
  isAnswered,
  isPreflight,
  judgedIngresses,
  judgedPaths,
  notInIngressMode,
  publishedAddressesOf,
  servedUnseen,
} from '../../subjects/ingress-mode.ts';
import { ingressSetup } from '../../subjects/ingress-setup-cures.ts';
import { controllerTopics } from '../../subjects/judged-controllers.ts';

export const ingressClassOwned = defineCheck({
  id: 'ingress-class-owned',
  group: 'ingress',
  onPath: true,
  breaksCalls: true,
  title: "the IngressClass's controller can serve the Ingress",
  severity: 'error',
  needs: ['services'],
  wants: [
    ...controllerTopics,
    ...(['controllerPods', 'events', 'handlerEvents', 'targetGroupBindings', 'probes'] as const),
    ...platformTopics,
  ],
  after: ['api-server-answers', 'ingress-class-exists'],
  docs: () => ({
    means:
      "The IngressClass `nginx` belongs to a product (`spec.controller`) that does not read `nginx.ingress.kubernetes.io` annotations, for example Traefik, OpenShift's router, HAProxy, Kong, GKE Ingress, the AWS Load Balancer Controller or F5's NGINX Ingress Controller. Or an Ingress has a rule without a host, and its controller does not support that (OpenShift's router creates no Route for it, F5's controller rejects it).",
    matters:
      "SkyPilot only looks at the class's name, so it opens the ports. Its Ingress needs `use-regex` and `rewrite-target`. Without them, the controller takes the path literally, and nothing answers there. If this plugin does not know the controller, the result is unknown, unless a call of the port is answered.",
    fix: 'There are three ways. Let a controller that reads these annotations serve the class (with Traefik, its kubernetesIngressNGINX provider, whose class has the controller `k8s.io/ingress-nginx`). Or open the port with its own host, which needs no rewriting. Or open it in another mode. https://github.com/kubectl-skyports/kubectl-skyports/blob/main/docs/platforms.md#ingress-controllers says what each controller does.',
    commands: [
      cure(
        command`kubectl skyports expose NAME PORT --mode ingress --ingress-class CLASS --host HOST`,
        'opens PORT under HOST through the controller of CLASS',
      ),
      cure(command`kubectl skyports expose NAME PORT --mode nodeport`, 'opens PORT without an ingress controller'),
    ],
    sources: [
      'sky/provision/kubernetes/network_utils.py, ingress_controller_exists',
      'networking.k8s.io/v1 IngressClass, spec.controller',
      'https://doc.traefik.io/traefik/reference/install-configuration/providers/kubernetes/kubernetes-ingress-nginx',
      'src/exposure/controllers/known-controllers.ts, with the sources of each controller',
    ],
  }),
  notApplicable: (scene) => notInIngressMode(scene) ?? servedUnseen(scene, ['ingressClasses']),
  needsHere: () => ['ingresses', 'ingressClasses'],
  find(scene): ToldFinding[] {
    const { view } = scene;
    if (isPreflight(scene)) {
      const nginx = classOfSkyPilot(scene);
      const { product } = nginx ? controllerOfClass(view, nginx) : {};
      if (!nginx || !product || product.readsNginxAnnotations) return [];
      const reference = referenceTo('IngressClass', nginx);
      return [
        {
          about: aboutIngressMode(scene),
          objects: [reference],
          evidence: [fieldOf(reference, 'spec.controller', nginx.spec?.controller)],
          fact: ignores(skyPilotIngressClass, nginx.spec?.controller, product, undefined),
          cures: [
            ...ingressSetup(scene),
            cure(command`kubectl skyports doctor --mode loadbalancer`, 'shows whether that mode would work'),
          ],
        },
      ];
    }
    const found = new Map<string, ToldFinding>();
    for (const { ingress, path, skyCluster, mapping, owner } of judgedPaths(scene)) {
      const { name = '', controller, product } = servedClassOf(scene, ingress);
      const key = `${clusterKey(skyCluster)} ${ingress.metadata?.name}`;
      if (!product || found.has(key)) continue;
      const isIgnored = needsNginx(ingress) && !product.readsNginxAnnotations;
      const isRefused = path.host === undefined && path.path !== '' && product.withoutHost !== undefined;
      if (!isIgnored && !isRefused) continue;
      const reference = referenceTo('IngressClass', { metadata: { name } });
      const own = referenceTo('Ingress', ingress);
      const words = `${own.namespace}/${own.name}`;
      // SkyPilot's own Ingress already opens the port, so `expose` would do nothing without --beside-skypilot.
      // SkyPilot's Ingress always names the class nginx. So the controller of this class has to support rewriting.
      const beside = owner === 'skypilot' && part`--beside-skypilot`;
      const setup = isIgnored && owner === 'skypilot' && name === skyPilotIngressClass ? ingressSetup(scene) : [];
      const said = saidOfIngress(ingress, view, { topics: view.snapshot.topics, takenAt: scene.takenAt });
      const facts = [
        ...(isIgnored ? [ignores(name, controller, product, words)] : []),
        ...(isRefused
          ? [
              isIgnored
                ? product.withoutHost
                : `IngressClass ${name} belongs to ${product.product} (${controller ?? name}): ${product.withoutHost}, as in Ingress ${words}`,
            ]
          : []),
        ...said.map((each) => wordsBeside(each, own)),
      ];
      found.set(key, {
        about: [clusterKey(skyCluster)],
        objects: [reference, own],
        evidence: [
          ...(isIgnored ? [fieldOf(reference, 'spec.controller', controller)] : []),
          ...(isRefused ? [fieldOf(own, 'spec.rules[].host', null)] : []),
          ...said.map(({ evidence }) => evidence),
        ],
        fact: facts.join('; '),
        cures: [
          cure(exposeCommand(skyCluster, [mapping], 'nodeport'), 'reaches the app without an ingress controller'),
          cure(
            exposeCommand(skyCluster, [mapping], 'ingress', part`--ingress-class ${name} --host HOST ${beside}`),
            'opens the port under its own HOST, which needs no rewriting',
          ),
          ...setup,
        ],
      });
    }
    return [...found.values()];
  },
  unsettled(scene) {
    const nginx = isPreflight(scene) ? classOfSkyPilot(scene) : undefined;
    const unknown = nginx
      ? controllerOfClass(scene.view, nginx).product === undefined && {
          name: skyPilotIngressClass,
          ...controllerOfClass(scene.view, nginx),
        }
      : judgedIngresses(scene)
          // The check ingress-served reports Ingresses without an address.
          .filter(({ ingress }) => publishedAddressesOf(ingress).length > 0)
          .filter(({ ingress }) => needsNginx(ingress) && !isAnswered(scene, ingress))
          .map(({ ingress }) => servedClassOf(scene, ingress))
          .find(({ controller, product }) => controller !== undefined && product === undefined);
    if (!unknown) return undefined;
    return `IngressClass ${unknown.name} belongs to the controller ${unknown.controller}; it is unknown whether that controller reads nginx.ingress.kubernetes.io annotations`;
  },
  ...toldFindings,
});

function classOfSkyPilot({ view }: Pick<CheckContext, 'view'>): IngressClass | undefined {
  return itemsOf(view.snapshot.topics.ingressClasses).find(({ metadata }) => metadata?.name === skyPilotIngressClass);
}

function ignores(
  className: string,
  controller: string | undefined,
  { product, ofRegexPath }: IngressController,
  ingress: string | undefined,
): string {
  const whose = ingress === undefined ? "SkyPilot's Ingresses ask for" : `Ingress ${ingress} asks for`;
  return `IngressClass ${className} belongs to ${product} (${controller ?? className}), which ignores nginx.ingress.kubernetes.io annotations, and so the rewriting that ${whose}${ofRegexPath ? `: it ${ofRegexPath}` : ''}`;
}

function needsNginx({ metadata }: Ingress): boolean {
  return Object.keys(metadata?.annotations ?? {}).some((key) => key.startsWith('nginx.ingress.kubernetes.io/'));
}
