import type { Ingress } from 'kubernetes-types/networking/v1';
import { command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { controllerService } from '../../skypilot/names.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { type PlannedRemoval, removalOf } from '../../snapshot/plan.ts';
import type { Observation } from '../../snapshot/topics.ts';
import { isSignpost, isSignpostClass, skyPilotIngressClass } from '../controllers/signpost.ts';
import type { SignpostNote, SignpostState } from './plan-signpost.ts';

/** The objects that `--remove-signpost` would remove, and notes about objects that stay. */
export interface SignpostRemoval {
  readonly removals: readonly PlannedRemoval[];
  readonly notes: readonly SignpostNote[];
}

/**
 * Plans the removal of the objects that `planSignpost` creates. If an Ingress uses the IngressClass, it stays. The
 * namespace always stays.
 *
 * @throws UsageError if the Service is not a signpost
 */
export function planSignpostRemoval(
  { service, ingressClasses }: Omit<SignpostState, 'namespaceExists'>,
  ingresses: Observation<Ingress>,
): SignpostRemoval {
  if (service && !isSignpost(service)) {
    throw new UsageError(
      'foreign-object',
      `Service ${keyOf(service)} is not a signpost: kubectl skyports did not make it`,
      [
        cure(
          command`kubectl describe service ${controllerService.name} -n ${controllerService.namespace}`,
          'shows what that Service is',
        ),
      ],
    );
  }
  const removals = service ? [removalOf('Service', service)] : [];
  const ours = ingressClasses.observed && ingressClasses.items.find(isSignpostClass);
  if (!ours) return { removals, notes: [] };
  const stays = whyClassStays(ingresses);
  if (stays !== undefined) return { removals, notes: [stays] };
  return { removals: [...removals, removalOf('IngressClass', ours)], notes: [] };
}

function whyClassStays(ingresses: Observation<Ingress>): SignpostNote | undefined {
  const stays = `IngressClass ${skyPilotIngressClass} stays`;
  const remove = command`kubectl delete ingressclass ${skyPilotIngressClass} --interactive`;
  if (!ingresses.observed) {
    const fact = `${stays}: ingresses in all namespaces were not seen (${ingresses.message}), and one may use it`;
    return { fact, cures: [cure(remove, 'removes it')] };
  }
  const users = ingresses.items.filter(
    ({ metadata, spec }) =>
      (spec?.ingressClassName ?? metadata?.annotations?.['kubernetes.io/ingress.class']) === skyPilotIngressClass,
  );
  if (users.length === 0) return undefined;
  const more = users.length > 3 ? ` and ${users.length - 3} more` : '';
  const fact = `${stays}: Ingress ${users.slice(0, 3).map(keyOf).join(', ')}${more} uses it`;
  return { fact, cures: [cure(remove, 'removes it, once no Ingress uses it')] };
}
