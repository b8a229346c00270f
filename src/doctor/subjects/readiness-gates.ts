import type { Pod } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { withoutStop } from '../format.ts';

/** A readiness gate that is not True. The Pod is therefore not Ready, even if all its containers are ready. */
export interface ClosedGate {
  /** The type of the gate's condition: `target-health.elbv2.k8s.aws/k8s-default-train2ea-fd31669904`. */
  readonly type: string;
  /** For example: "readiness gate TYPE is False: Target.FailedHealthChecks; Health checks failed". */
  readonly words: string;
}

/**
 * The controllers that write the conditions of readiness gates. The domain in the type of a condition identifies its
 * controller.
 */
const writers: readonly {
  readonly domain: RegExp;
  readonly by: string;
  cures(name: string, namespace: string): readonly Cure[];
}[] = [
  {
    // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/: the name in
    // the condition type is the name of a TargetGroupBinding.
    domain: /^target-health\.elbv2\.k8s\.aws\//,
    by: 'AWS Load Balancer Controller',
    cures: (name, namespace) => [
      cure(
        command`kubectl describe targetgroupbinding ${name} -n ${namespace}`,
        'shows what it checks, and its events',
      ),
      advice(
        `let the health check of the target group succeed; or remove the label elbv2.k8s.aws/pod-readiness-gate-inject of namespace ${namespace} and launch again: the gate is added when a Pod is made`,
      ),
    ],
  },
  {
    // https://cloud.google.com/kubernetes-engine/docs/concepts/container-native-load-balancing#pod_readiness
    domain: /^cloud\.google\.com\/load-balancer-neg-ready$/,
    by: "GKE's load balancer",
    cures: () => [
      advice(
        'let the health check of the load balancer succeed: it asks the readinessProbe of the Pod, or / if there is none; a BackendConfig of the Service names another path',
      ),
    ],
  },
];

/**
 * The readiness gates of a Pod that are not True (KEP-580). A gate counts as False if the Pod has no condition for it.
 */
export function closedGatesOf({ spec, status }: Pod): ClosedGate[] {
  return (spec?.readinessGates ?? []).flatMap(({ conditionType: type }) => {
    const condition = status?.conditions?.find((each) => each.type === type);
    if (condition?.status === 'True') return [];
    const by = writerOf(type)?.by;
    const said = [condition?.reason, condition?.message].filter((text) => text !== undefined && text !== '');
    const is = condition ? `is ${condition.status}` : 'has no condition yet';
    const text = said.length > 0 ? `: ${withoutStop(said.join('; '))}` : '';
    return [{ type, words: `readiness gate ${type}${by ? ` of ${by}` : ''} ${is}${text}` }];
  });
}

/** Cures that make the gates True. Each controller adds its cures only once. */
export function gateCures(gates: readonly ClosedGate[], namespace: string): readonly Cure[] {
  const seen = new Set<string>();
  return gates.flatMap(({ type }) => {
    const writer = writerOf(type);
    if (!writer || seen.has(writer.by)) return [];
    seen.add(writer.by);
    return writer.cures(type.slice(type.indexOf('/') + 1), namespace);
  });
}

function writerOf(type: string) {
  return writers.find(({ domain }) => domain.test(type));
}
