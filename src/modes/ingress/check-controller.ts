import type { IngressClass } from 'kubernetes-types/networking/v1';
import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { chooseControllerService, signpostFor } from '../../exposure/controllers/controller-service.ts';
import { ingressClassOf } from '../../exposure/controllers/ingress-address.ts';
import { controllerNamed } from '../../exposure/controllers/ingress-controllers.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { itemsOf } from '../../snapshot/topics.ts';

/**
 * Refuses an Ingress that would get no address: its class belongs to a known controller, but this controller has no
 * Service. If the Service cannot be seen, it counts as existing. `--force` skips this check.
 *
 * Two kinds of controllers are not checked: those that write addresses into Ingresses without a Service, and those
 * whose Service has no known label.
 *
 * @throws UsageError if the Service is missing, or if the Service that `--ingress-service` names was not found
 */
export function refuseWithoutController(view: SnapshotIndex, className: string, request: ExposeRequest): void {
  if (request.force) return;
  const found = itemsOf(view.snapshot.topics.ingressClasses).find(({ metadata }) => metadata?.name === className);
  const known = controllerNamed(found?.spec?.controller);
  // These controllers write addresses into Ingresses without a Service, or their Service has no known label.
  if (!found || !known || known.publishes === 'itself' || known.serviceLabels.length === 0) return;
  const choice = chooseControllerService(view, found, []);
  if (choice.is === 'undecided' && view.ingressService) {
    throw new UsageError('controller-service-missing', choice.why, [
      cure(command`kubectl get services -A -l ${productLabel(found)}`, "shows the controllers' Services"),
    ]);
  }
  if (choice.is !== 'absent') return;
  if (signpostFor(view, { name: className, class: found }) || showsAddresses(view, found)) return;
  throw new UsageError(
    'controller-service-missing',
    `no Service of ${known.product}, which serves IngressClass ${className}, exists: the Ingress would get no address`,
    curesOf(request),
  );
}

function curesOf({ skyCluster, ports }: ExposeRequest): Cure[] {
  const words = ports.map(({ servicePort, targetPort }) =>
    servicePort === targetPort ? `${servicePort}` : `${servicePort}:${targetPort}`,
  );
  const { namespace } = skyCluster;
  return [
    cure(
      command`kubectl skyports annotate --signpost ADDRESS`,
      "tells SkyPilot and this plugin the controller's address; ADDRESS is a node that the controller listens on",
    ),
    cure(
      command`kubectl skyports expose ${operandOf(skyCluster)} ${words} -n ${namespace} --mode nodeport`,
      'opens the ports on the nodes instead',
    ),
    advice('add --ingress-service NAMESPACE/NAME if its Service has other labels'),
    advice('add --force to write it anyway'),
  ];
}

/**
 * Whether some Ingress of this class has an address. If so, its controller needs no Service: in RKE2, for example, it
 * listens on the ports of the nodes.
 */
function showsAddresses(view: SnapshotIndex, ingressClass: IngressClass): boolean {
  return itemsOf(view.snapshot.topics.ingresses).some(
    (ingress) =>
      (ingress.status?.loadBalancer?.ingress ?? []).length > 0 &&
      ingressClassOf(view, ingress).class?.metadata?.name === ingressClass.metadata?.name,
  );
}

function productLabel({ spec }: IngressClass): string {
  const labels = controllerNamed(spec?.controller)?.serviceLabels[0] ?? {};
  return `app.kubernetes.io/name=${labels['app.kubernetes.io/name']}`;
}
