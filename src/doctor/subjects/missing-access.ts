import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { ExposeMode } from '../../exposure/port-mode-names.ts';
import { writtenModeOf } from '../../modes/all-modes.ts';
import { ingress } from '../../modes/ingress/mode.ts';
import { controllerService } from '../../skypilot/names.ts';
import type { Severity } from '../define-check.ts';

/** Missing permissions that one Role would grant. */
export interface MissingAccess {
  /** The namespace of the Role; null means the whole Kubernetes cluster. */
  readonly namespace: string | null;
  readonly verbs: readonly string[];
  /** The resources, in the syntax of `kubectl create role --resource`: `ingresses.networking.k8s.io`. */
  readonly resources: readonly string[];
  readonly severity: Severity;
  /** What does not work without the permissions. */
  readonly without: string;
}

interface Denied {
  readonly namespace: string | null;
  readonly verb: string;
  readonly resource: string;
}

/** The resources that the checks cannot work without. */
const indispensable = ['pods', 'services'];

/**
 * The permissions that the API server denied, grouped into as few Roles as possible. The Roles grant nothing else.
 * @param scope the namespace of the snapshot; null for all
 * @param mode the mode from `--mode`
 */
export function missingAccess(
  reviews: readonly SelfSubjectAccessReview[],
  scope: string | null,
  mode: ExposeMode | undefined,
): MissingAccess[] {
  const denied = reviews.filter(({ status }) => !status?.allowed).flatMap(deniedBy);
  const grouped = [...groupBy(denied, ({ namespace, resource }) => `${namespace ?? ''}\0${resource}`)];
  const byRole = groupBy(
    grouped.map(([, each]) => ({ ...each[0]!, verbs: [...new Set(each.map(({ verb }) => verb))] })),
    ({ namespace, verbs }) => `${namespace ?? ''}\0${verbs.join(',')}`,
  );
  return [...byRole.values()].map((each) => {
    const { namespace, verbs } = each[0]!;
    const resources = each.map(({ resource }) => resource);
    return { namespace, verbs, resources, ...weightOf({ namespace, verbs, resources }, scope, mode) };
  });
}

function deniedBy({ spec }: SelfSubjectAccessReview): Denied[] {
  const { verb, group, resource, subresource, namespace } = spec.resourceAttributes ?? {};
  if (!verb || !resource) return [];
  const named = subresource ? `${resource}/${subresource}` : resource;
  return [{ namespace: namespace ?? null, verb, resource: group ? `${named}.${group}` : named }];
}

type Weight = Pick<MissingAccess, 'severity' | 'without'>;

function weightOf(
  missing: Pick<MissingAccess, 'namespace' | 'verbs' | 'resources'>,
  scope: string | null,
  mode: ExposeMode | undefined,
): Weight {
  const weights = [
    ...(missing.verbs.includes('list') ? [readWeightOf(missing, scope, mode)] : []),
    ...(missing.verbs.some((verb) => verb !== 'list') ? [writeWeightOf(missing, mode)] : []),
  ];
  const order: readonly Severity[] = ['error', 'warning', 'info'];
  const severity = order.find((each) => weights.some((weight) => weight.severity === each)) ?? 'info';
  return { severity, without: weights.map(({ without }) => without).join('; ') };
}

function readWeightOf(
  { namespace, resources }: Pick<MissingAccess, 'namespace' | 'resources'>,
  scope: string | null,
  mode: ExposeMode | undefined,
): Weight {
  if (namespace === scope && resources.some((each) => indispensable.includes(each))) {
    // A warning is enough. The checks that need these resources are unknown, and this decides the result.
    return { severity: 'warning', without: 'without it nothing can be checked' };
  }
  const inScope = namespace === scope && !resources.includes('ingressclasses.networking.k8s.io');
  if (inScope) return { severity: 'warning', without: 'without it the diagnosis has gaps' };
  const what = namespace === controllerService.namespace ? "the ingress controller's address" : 'IngressClasses';
  const without = `without it ${what} cannot be seen, and SkyPilot needs it in ingress mode`;
  return { severity: mode === ingress.name ? 'warning' : 'info', without };
}

function writeWeightOf({ resources }: Pick<MissingAccess, 'resources'>, mode: ExposeMode | undefined): Weight {
  const topics = mode && writtenModeOf(mode)?.topics;
  const needed = topics?.some((topic) => resources.some((each) => each.split('.', 1)[0] === topic));
  const without = resources.every((each) => each.startsWith('pods/'))
    ? 'doctor --probe=pod needs it'
    : 'expose and unexpose need it; dry runs (doctor --mode, expose --dry-run=server) need create and patch';
  return { severity: needed ? 'error' : 'info', without };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
