import type { Service } from 'kubernetes-types/core/v1';
import { type Cure, command, cure } from '../../../errors/cure.ts';
import { ingressAddressOf } from '../../../exposure/controllers/ingress-address.ts';
import { nodeCandidates } from '../../../exposure/controllers/node-candidates.ts';
import { isSignpost } from '../../../exposure/controllers/signpost.ts';
import { externalAddressesOf, waitsForAddress } from '../../../exposure/external-addresses.ts';
import { isReady } from '../../../exposure/pod-trouble.ts';
import { scopeOf } from '../../../exposure/scope.ts';
import { apiServer, apiServerPartOf } from '../../../skypilot/api-server.ts';
import { controllerService } from '../../../skypilot/names.ts';
import { keyOf, referenceTo } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import type { CheckContext } from '../../check-context.ts';
import { defineCheck, type ToldFinding, toldFindings } from '../../define-check.ts';
import { fieldOf, podReference, serviceReference } from '../../finding.ts';
import { controllerProductsOf, ofController, onNodesBy } from '../../subjects/ingress-controller-pods.ts';
import {
  aboutIngressMode,
  isPreflight,
  judgedIngresses,
  notInIngressMode,
  publishedAddressesOf,
  servedUnseen,
  skyPilotIngressRows,
} from '../../subjects/ingress-mode.ts';
import {
  asksSkyPilot,
  controllerTopics,
  serviceAskedBySkyPilot,
  skyPilotsServiceTopics,
} from '../../subjects/judged-controllers.ts';

const asked = `${controllerService.namespace}/${controllerService.name}`;

export const ingressControllerService = defineCheck({
  id: 'ingress-controller-service',
  group: 'controller',
  onPath: true,
  title: "the ingress controller's Service is where SkyPilot looks",
  severity: 'error',
  needs: ['services'],
  wants: [...controllerTopics, 'controllerPods', 'nodes'],
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned'],
  docs: () => ({
    means: `SkyPilot reads the address from one Service only: \`${asked}\`. The controller's Service has another name or namespace, or does not exist, as on RKE2, whose controller listens on ports 80 and 443 of its nodes. Or the Ingress is served by another controller than the one of that Service.`,
    matters:
      'The port works, but `sky status --endpoints` prints nothing, or the address of another controller. SkyPilot 0.14 has no setting for it.',
    fix: `Create a Service \`${asked}\` without backends, with the controller's address. SkyPilot then prints this address.`,
    commands: [
      cure(command`kubectl skyports annotate --signpost ADDRESS`, 'makes that Service for ADDRESS'),
      cure(command`kubectl skyports endpoints`, 'shows the URL that works in any case'),
    ],
    sources: [
      'sky/provision/kubernetes/network_utils.py, get_ingress_external_ip_and_ports',
      'https://github.com/skypilot-org/skypilot/issues/4915',
      'https://github.com/skypilot-org/skypilot/pull/10484',
      'rke2-charts, rke2-ingress-nginx: values.yaml.patch',
    ],
  }),
  notApplicable(scene) {
    const other = notInIngressMode(scene) ?? servedUnseen(scene, skyPilotsServiceTopics(scene));
    if (other !== undefined) return other;
    if (!asksSkyPilot(scene)) return 'SkyPilot opened none of these ports, so it prints none of them';
    return hasNoController(scene) ? 'there is no ingress controller at all' : undefined;
  },
  // If no port uses ingress mode yet, the existing Ingresses belong to other apps. So the list of Ingresses is not
  // needed.
  needsHere: (scene) => [...(isPreflight(scene) ? [] : (['ingresses'] as const)), ...skyPilotsServiceTopics(scene)],
  find(scene): ToldFinding[] {
    const rows = skyPilotIngressRows(scene);
    const about = aboutIngressMode(scene, rows);
    const service = serviceAskedBySkyPilot(scene);
    if (service) return isSignpost(service) ? [] : servedByAnother(scene, service);
    const elsewhere = servicesElsewhere(scene);
    const pods = podsOnNodes(scene);
    const reference = { kind: 'Service', ...controllerService };
    const where =
      elsewhere.length > 0
        ? `the Service of the ingress controller is ${listed(elsewhere.map((each) => nameOf(each, scene)))}${addressHolder(elsewhere, scene)}`
        : pods.length > 0
          ? `the ingress controller of ${onNodesBy(pods[0]!)} has no Service: it listens on ports 80 and 443 of its nodes`
          : `there is no Service ${asked}`;
    return [
      {
        about,
        objects: [reference, ...elsewhere.map(serviceReference), ...pods.map(podReference)],
        evidence: [fieldOf(reference, 'metadata.name', null)],
        fact: `${where}; SkyPilot reads Service ${asked} and no other, so it prints no endpoint`,
        cures: [signpostCure(scene, elsewhere)],
      },
    ];
  },
  unsettled: ({ perhaps }) =>
    perhaps.ingresses.observed ? undefined : 'whether another controller serves an Ingress was not seen',
  ...toldFindings,
});

type ServiceContext = Pick<CheckContext, 'view' | 'subject' | 'namespace'>;

function servicesElsewhere(scene: ServiceContext): Service[] {
  const { view } = scene;
  const products = controllerProductsOf(scene);
  const all = itemsOf(view.controllerServices);
  return products.flatMap((product) => (product ? ofController(all, product) : []));
}

/**
 * Describes the Service by its name. If the chart of SkyPilot's API server installed the controller, the text says so.
 * This chart names the Service RELEASE-ingress-nginx-controller.
 */
function nameOf(service: Service, { view }: ServiceContext): string {
  const release = service.metadata?.labels?.['app.kubernetes.io/instance'];
  const api = view.services.get(`${service.metadata?.namespace}/${release}-api-service`);
  const isOfChart = api !== undefined && apiServerPartOf(api) !== undefined;
  return isOfChart ? `${keyOf(service)} (installed with ${apiServer})` : keyOf(service);
}

/**
 * The text for one case: the load balancer of the controller waits for an address, but the Service of another
 * controller has an address. Empty in other cases.
 */
function addressHolder(elsewhere: readonly Service[], { view }: ServiceContext): string {
  const others = itemsOf(view.controllerServices).filter((each) => !elsewhere.includes(each));
  const holder = others.find((each) => each.spec?.type === 'LoadBalancer' && externalAddressesOf(each).length > 0);
  if (!holder || !elsewhere.every(waitsForAddress)) return '';
  return `, which waits for an address, while Service ${keyOf(holder)} has ${externalAddressesOf(holder)[0]!.address}`;
}

function podsOnNodes({ view }: ServiceContext) {
  return itemsOf(view.snapshot.topics.controllerPods).filter((pod) => onNodesBy(pod) && isReady(pod));
}

/**
 * Whether the cluster has no ingress controller at all. Then the missing controller is the problem, not its missing
 * Service.
 */
function hasNoController(scene: ServiceContext): boolean {
  const { controllerPods } = scene.view.snapshot.topics;
  const isServed = judgedIngresses(scene).some(({ ingress }) => publishedAddressesOf(ingress).length > 0);
  if (!controllerPods.observed || isServed || serviceAskedBySkyPilot(scene)) return false;
  return controllerPods.items.length === 0 && servicesElsewhere(scene).length === 0;
}

function servedByAnother({ view, ...rest }: ServiceContext, service: Service): ToldFinding[] {
  const scene = { view, ...rest };
  const rows = skyPilotIngressRows(scene);
  const names = new Set(rows.map(({ source }) => source[0]?.name));
  return judgedIngresses(scene).flatMap(({ ingress, about }): ToldFinding[] => {
    const real = names.has(ingress.metadata?.name) ? ingressAddressOf(view, ingress).service : undefined;
    if (!real || `${real.namespace}/${real.name}` === keyOf(service)) return [];
    const reference = referenceTo('Ingress', ingress);
    return [
      {
        about,
        objects: [serviceReference(service), real, reference],
        evidence: [fieldOf(reference, 'status.loadBalancer.ingress', ingress.status?.loadBalancer?.ingress)],
        fact: `the controller of Service ${real.namespace}/${real.name} serves Ingress ${reference.namespace}/${reference.name}; SkyPilot reads Service ${asked}, which is another controller's`,
        cures: [
          cure(
            command`kubectl skyports endpoints -n ${reference.namespace}`,
            'shows the URL that works; SkyPilot prints the right one when only one of the two controllers is left',
          ),
        ],
      },
    ];
  });
}

/**
 * The command that creates a signpost: a placeholder Service that shows SkyPilot the address of a controller. This
 * address must answer on port 80. So an address that answers only at nodePorts is not used.
 */
function signpostCure(scene: ServiceContext, elsewhere: readonly Service[]): Cure {
  const [service] = elsewhere.filter((each) => externalAddressesOf(each).length > 0);
  if (service) {
    const { address } = externalAddressesOf(service)[0]!;
    return signpost(address, `shows SkyPilot the address of Service ${keyOf(service)}`);
  }
  const clusterIps = new Set(elsewhere.map(({ spec }) => spec?.clusterIP));
  const published = judgedIngresses(scene).flatMap(({ ingress }) => publishedAddressesOf(ingress));
  // MicroK8s writes the address 127.0.0.1 into Ingresses. Other machines cannot call this address.
  const shown = published.find((address) => scopeOf(address) !== 'local' && !clusterIps.has(address));
  if (shown) return signpost(shown, 'shows SkyPilot the address that the Ingress has');
  const { nodes } = scene.view.snapshot.topics;
  const onNodes = new Set(podsOnNodes(scene).map(({ spec }) => spec?.nodeName ?? ''));
  const [best] = nodes.observed && onNodes.size > 0 ? nodeCandidates(nodes.items, { onNodes }) : [];
  if (best)
    return signpost(best.address, `shows SkyPilot the ${best.type} of node ${best.node}, where the controller listens`);
  return signpost('ADDRESS', 'ADDRESS is where port 80 of the controller answers; none was seen');
}

function signpost(address: string, note: string): Cure {
  return cure(command`kubectl skyports annotate --signpost ${address}`, note);
}
