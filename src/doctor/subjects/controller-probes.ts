import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { productOf } from '../../exposure/controllers/ingress-controllers.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import { type PathProbe, pathProbeOf } from '../../platforms/health-check.ts';
import { implementationOf } from '../../platforms/implementation.ts';
import type { LoadBalancer } from '../../platforms/platform.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { listed } from '../../snapshot/text.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import { type BalancedService, balancedServices } from './balanced-services.ts';

/** The load balancer of an ingress controller. Its HTTP probe gets another answer than 200 from the controller. */
export interface ControllerProbe {
  readonly balanced: BalancedService;
  readonly loadBalancer: LoadBalancer;
  readonly probe: PathProbe;
  /** The path that the controller answers with 200; undefined if it has none. */
  readonly healthPath: string | undefined;
  /** Whether an Ingress without a host may answer at the probed path. */
  readonly mayAnswer: boolean;
}

/** The load balancers of ingress controllers whose HTTP probe gets another answer than 200 from the controller. */
export function controllerProbes(scene: Pick<CheckContext, 'view' | 'subject' | 'namespace'>): ControllerProbe[] {
  const { snapshot } = scene.view;
  const detection = detectPlatforms(snapshot);
  return balancedServices(scene).flatMap((balanced) => {
    const { service, owner } = balanced;
    if (owner !== 'controller' || service.spec?.type !== 'LoadBalancer') return [];
    const loadBalancer = implementationOf(service, detection);
    const probe = loadBalancer && pathProbeOf(loadBalancer, service);
    const healthPath = productOf(service)?.healthPath;
    if (!probe || probe.path === healthPath) return [];
    const paths = itemsOf(snapshot.topics.ingresses).flatMap(({ spec }) =>
      (spec?.rules ?? []).filter(({ host }) => !host).flatMap(({ http }) => http?.paths ?? []),
    );
    const mayAnswer = paths.some(({ path }) => path === probe.path || path === '/');
    return [{ balanced, loadBalancer, probe, healthPath, mayAnswer }];
  });
}

/** Describes the probe, and its effect. */
export function controllerWords({ balanced: { service }, loadBalancer, probe, mayAnswer }: ControllerProbe): string {
  const { ports, path, reason } = probe;
  const product = productOf(service)?.product ?? 'the ingress controller';
  const result = mayAnswer
    ? 'unless an Ingress answers 200 there, every node counts as dead'
    : `${product} answers 404 there, so every node counts as dead, and no packet gets through`;
  const which = `port${ports.length === 1 ? '' : 's'} ${listed(ports.map(String))}`;
  return `${loadBalancer.title} probes ${which} of Service ${keyOf(service)} by HTTP at ${path}, ${reason}: ${result}`;
}

/**
 * Cures for such a probe. Either the probe requests a path that the controller answers with 200, or it becomes a TCP
 * probe.
 */
export function anotherPath({ balanced: { service }, probe, healthPath }: ControllerProbe): Cure[] {
  if (healthPath === undefined) return [cure(annotating(service, probe.plain), 'makes it use a TCP probe')];
  const { pathAnnotation } = probe;
  const note = 'makes it request the path that the controller answers with 200';
  return [
    cure(annotating(service, [`${pathAnnotation}=${healthPath}`]), note),
    advice('an upgrade of its Helm chart may remove it unless controller.service.annotations has it, too'),
  ];
}

/**
 * The command that sets annotations of a Service. It is a patch if one of them already has a value, because `kubectl
 * annotate` refuses to change a value.
 */
function annotating({ metadata }: BalancedService['service'], annotations: readonly string[]) {
  const { name = '', namespace = '' } = metadata ?? {};
  const pairs = annotations.map((each) => each.split('=') as [string, string]);
  if (pairs.every(([key]) => metadata?.annotations?.[key] === undefined)) {
    return command`kubectl annotate service ${name} -n ${namespace} ${annotations}`;
  }
  const patch = JSON.stringify({ metadata: { annotations: Object.fromEntries(pairs) } });
  return command`kubectl patch service ${name} -n ${namespace} --type=merge -p ${patch}`;
}
