import { type Cure, command, cure, part } from '../../errors/cure.ts';
import { isCountedAtOnce } from '../../exposure/quotas.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { type DryRun, type QuotaCounts, refuserIn, refuserName } from '../../snapshot/dry-run.ts';
import { listed } from '../../snapshot/text.ts';
import type { Unobserved } from '../../snapshot/topics.ts';
import { unseenCures, unseenWords } from '../../snapshot/unseen-words.ts';
import type { CheckContext } from '../check-context.ts';
import type { Unseen } from '../define-check.ts';
import { withoutStop } from '../format.ts';
import { type DecidedResource, decidingWebhooks } from './deciding-webhooks.ts';
import { dryRunsOf, plannedOf } from './planned-objects.ts';

type Scene = CheckContext<never, 'dryRuns' | 'resourceQuotas' | 'webhooks' | 'mutatingWebhooks' | 'loadBalancerPods'>;

/**
 * Why it is unknown whether the API server would accept the writes. There are two reasons. Either a dry run got no
 * usable answer, or a webhook or a quota would decide and no dry run was made. Undefined if the answer is known.
 */
export function whyUnsettledWrites(scene: Scene): Unseen | undefined {
  const { resourceQuotas } = scene.perhaps;
  const tried = dryRunsOf(scene);
  // Quotas that were not seen matter only if the user named a mode, not in the overview of all modes.
  const isAsked = scene.subject.planned !== undefined && !resourceQuotas.observed;
  const unseenQuotas = isAsked && resourceQuotas.reason !== 'not-collected' ? resourceQuotas : undefined;
  const open = tried.find(({ outcome }) => outcome === 'unsupported' || outcome === 'failed');
  if (open) return { reason: withoutStop(whyOpen(open)), cures: [] };
  const forbidden = tried.find(({ outcome }) => outcome === 'forbidden');
  if (tried.length === 0 || forbidden) return whyUntried(scene, forbidden, unseenQuotas);
  if (!unseenQuotas || isCountedAtOnce(tried.map(({ counts }) => counts))) return undefined;
  const [{ namespace }] = tried as [DryRun];
  const reason = `each of the ${tried.length} objects is accepted alone, and whether quotas have room for all of them is unknown`;
  return { reason: `${reason}: ${quotasUnseen(unseenQuotas, namespace)}`, cures: quotaCures(unseenQuotas, namespace) };
}

function whyOpen({ outcome, kind, name, message }: DryRun): string {
  const words = message.replace(/\s+/g, ' ');
  return outcome === 'unsupported'
    ? `${refuserName(refuserIn(message))} does not take part in dry runs, so only a write shows whether it accepts ${kind} ${name}: ${words}`
    : `the dry run of ${kind} ${name} got no usable answer: ${words}`;
}

function whyUntried(
  scene: Scene,
  forbidden: DryRun | undefined,
  unseenQuotas: Unobserved | undefined,
): Unseen | undefined {
  const { namespaces, counts } = plannedOf(scene);
  const { dryRuns } = scene.perhaps;
  // `expose` itself refuses the request, so no dry run was sent.
  if (!dryRuns.observed && dryRuns.reason === 'failed') return { reason: dryRuns.message, cures: dryRuns.cures ?? [] };
  const isNew = (...resources: readonly (keyof QuotaCounts)[]) => resources.some((each) => counts[each]);
  const resources: DecidedResource[] = [
    ...(isNew('services', 'services.nodeports') ? (['services'] as const) : []),
    ...(isNew('count/ingresses.networking.k8s.io') ? (['ingresses'] as const) : []),
  ];
  const [namespace] = namespaces;
  const deciding = decidingWebhooks(scene, resources, namespaces);
  const [first] = deciding;
  if (resources.length === 0) return undefined;
  const isForbidden = forbidden !== undefined || (!dryRuns.observed && dryRuns.reason === 'forbidden');
  const needs = 'a dry run needs the permissions to create and patch';
  const why = forbidden ? `${needs}: ${withoutStop(forbidden.message)}` : isForbidden ? needs : 'no dry run was made';
  if (!first && unseenQuotas) {
    const words = quotasUnseen(unseenQuotas, namespace ?? null);
    return { reason: `${words}, and ${why}`, cures: quotaCures(unseenQuotas, namespace ?? null) };
  }
  // Nothing in the snapshot decides on the writes. Only a dry run would show a policy that refuses them. The answer is
  // therefore unknown only if dry runs are forbidden.
  if (!first) return isForbidden ? { reason: `nothing was tried: ${why}`, cures: [] } : undefined;
  const names = deciding.map(({ name, configuration }) => `${name} (${configuration.kind} ${configuration.name})`);
  const plural = deciding.length > 1;
  return {
    reason: `admission ${plural ? 'webhooks' : 'webhook'} ${listed(names)} ${plural ? 'decide' : 'decides'} on ${listed(first.resources.map((each) => kinds[each]))}${first.isDown ? ', and is not answered: no Ready Pod of its controller was seen' : ''}, and ${why}`,
    cures: isForbidden ? [] : [askCure(scene, namespace)],
  };
}

const kinds = { services: 'Services', ingresses: 'Ingresses' } as const;

function askCure({ subject: { skyCluster, mode, ports } }: Scene, namespace: string | undefined): Cure {
  const who = skyCluster && part`${operandOf(skyCluster)} ${ports ?? []}`;
  const where = namespace !== undefined && part`-n ${namespace}`;
  return cure(
    command`kubectl skyports doctor ${who} ${where} --mode ${mode}`,
    'asks the API server by dry runs, for which you need the permissions to create and patch',
  );
}

function quotasUnseen(unseen: Unobserved, namespace: string | null): string {
  return unseenWords('resourceQuotas', unseen, namespace);
}

function quotaCures(unseen: Unobserved, namespace: string | null): Cure[] {
  return unseenCures('resourceQuotas', unseen, namespace);
}
