import { type Cure, command, cure, part } from '../../../errors/cure.ts';
import { type WrittenMode, writtenModes } from '../../../exposure/port-mode-names.ts';
import { type ExceededQuota, exceededQuotas, isCountedAtOnce, shortageText } from '../../../exposure/quotas.ts';
import { curesOfRefusal } from '../../../exposure/refusal-cures.ts';
import { writtenModeOf } from '../../../modes/all-modes.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { type DryRun, type Refuser, refuserIn, refuserName } from '../../../snapshot/dry-run.ts';
import { type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import { counted } from '../../../snapshot/text.ts';
import { itemsOf, type ResourceQuota } from '../../../snapshot/topics.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { allClusters, fieldOf } from '../../finding.ts';
import { withoutStop } from '../../format.ts';
import { configurationOf } from '../../subjects/deciding-webhooks.ts';
import { countsOfStandIn, dryRunsOf, plannedOf, standInName } from '../../subjects/planned-objects.ts';
import { whyUnsettledWrites } from '../../subjects/unsettled-writes.ts';

type Scene = CheckContext<never, (typeof topics)[number]>;
const topics = [
  'dryRuns',
  'resourceQuotas',
  'webhooks',
  'mutatingWebhooks',
  'ingressClasses',
  'loadBalancerPods',
] as const;

export const writesAccepted = defineCheck({
  id: 'writes-accepted',
  group: 'context',
  onPath: true,
  title: 'the API server accepts what the mode writes',
  severity: 'error',
  needs: [],
  wants: topics,
  after: ['api-server-answers'],
  docs: () => ({
    means:
      'A ResourceQuota, a policy, an admission webhook or the API server itself refuses the objects of the mode that you name with `--mode`. The check sends dry runs of these objects to the API server. If you do not name a SkyPilot cluster, it uses the objects of a stand-in. A dry run does not count against a quota, so the check also compares the sum of all objects with the ResourceQuotas of the namespace.',
    matters:
      '`kubectl skyports expose` is refused in the same way. A SkyPilot launch with ports creates objects of the same kinds, so it also aborts with 403 or 422.',
    fix: 'The finding shows the message of the refusal and who refuses. An administrator can raise the quota or add an exception to the policy. Another mode may create objects that are accepted. If you lack the permissions to create and patch, the check only reads quotas. If a webhook would decide, the result is then unknown. A file may have neither dry runs nor quotas. Then the check is skipped, and the last line says that quotas were not looked at.',
    commands: [
      cure(command`kubectl skyports doctor --mode MODE -n NAMESPACE`, 'asks the API server, by dry runs'),
      cure(command`kubectl skyports doctor --mode MODE --dry-run=none`, 'reads quotas and webhooks only'),
      cure(command`kubectl describe resourcequotas -n NAMESPACE`, 'shows all limits of a namespace'),
    ],
    sources: [
      'Kubernetes: dry-run (reference/using-api/api-concepts), every stage but the storing',
      'Kubernetes pkg/quota/v1/evaluator/core/services.go: what a Service counts',
      'Kubernetes: ValidatingAdmissionPolicy, admission webhooks and their sideEffects',
      'loft-sh/vcluster#954, kubernetes/kubernetes#101686, rancher/rancher#19044',
    ],
  }),
  notApplicable(scene) {
    const { mode } = scene.subject;
    if (!mode) return 'no mode was named';
    if (!writtenModeOf(mode)) return `${mode} mode writes nothing`;
    const { dryRuns, resourceQuotas } = scene.perhaps;
    const isSeen = [dryRuns, resourceQuotas].some((each) => each.observed || each.reason !== 'not-collected');
    return isSeen || whyUnsettledWrites(scene) ? undefined : 'the file has neither dry runs nor ResourceQuotas';
  },
  find(scene): readonly RankedFinding[] {
    const refused = refusedDryRuns(scene);
    const known = new Set(refused.map(({ quota }) => quota));
    const exceeded = exceededIn(scene).filter(({ quota }) => !known.has(quotaKey(quota)));
    return [...refused, ...exceeded.map((each) => findingOf(scene, each))];
  },
  unsettled: whyUnsettledWrites,
  ...rankedFindings,
});

function aboutOf({ subject: { skyCluster } }: Scene): readonly string[] {
  return skyCluster ? [clusterKey(skyCluster)] : allClusters;
}

/**
 * The findings about refused dry runs. A webhook, a policy or a quota refuses all objects for the same reason, so it
 * gets one finding for each namespace. If the API server itself refuses, each message gets its own finding.
 */
function refusedDryRuns(scene: Scene): (RankedFinding & { readonly quota: string | undefined })[] {
  const refused = dryRunsOf(scene).filter(({ outcome }) => outcome === 'refused');
  const byRefuser = Map.groupBy(refused, ({ message, namespace }) => {
    const refuser = refuserIn(message);
    return `${namespace} ${refuserName(refuser)} ${refuser.kind === 'API server' ? message : ''}`;
  });
  return [...byRefuser.values()].map((all) => {
    const [{ kind, namespace, name, message }] = all as [DryRun, ...DryRun[]];
    const refuser = refuserOf(scene, namespace, message);
    const objects = all.map((each) => ({ kind: each.kind, namespace: each.namespace, name: each.name }));
    const words = withoutStop(message.replace(/\s+/g, ' '));
    const standIn = name.startsWith(standInName) ? ' (a stand-in)' : '';
    const more = all.length > 1 ? ` and of ${counted(all.length - 1, 'more object')}` : '';
    return {
      about: aboutOf(scene),
      objects: [...refuserReferences(refuser, namespace), ...objects],
      evidence: all.map((each, at) => fieldOf(objects[at]!, `dry run: ${each.status}`, each.message)),
      severity: 'error' as const,
      fact: `${refuserName(refuser)} refuses the dry run of ${kind} ${name} in namespace ${namespace}${standIn}${more}: ${words}`,
      cures: [
        ...otherMode(scene, refuser, namespace),
        ...curesOfRefusal(refuser, namespace, configurationOf(scene, refuser.name), message),
      ],
      quota: refuser.kind === 'ResourceQuota' ? `${namespace}/${refuser.name}` : undefined,
    };
  });
}

/**
 * The object or server that refused the write. Both kinds of quotas send the same message: ResourceQuotas, and
 * OpenShift's ClusterResourceQuotas. If the namespace has no ResourceQuota of this name, the message is from a
 * ClusterResourceQuota.
 */
function refuserOf({ perhaps: { resourceQuotas } }: Scene, namespace: string, message: string): Refuser {
  const refuser = refuserIn(message);
  const isIt = ({ metadata }: ResourceQuota) => metadata?.namespace === namespace && metadata.name === refuser.name;
  const isOther = refuser.kind === 'ResourceQuota' && resourceQuotas.observed && !resourceQuotas.items.some(isIt);
  return isOther ? { ...refuser, kind: 'ClusterResourceQuota' } : refuser;
}

function refuserReferences({ kind, name }: Refuser, namespace: string): ObjectReference[] {
  if (kind === 'ResourceQuota') return [{ kind, namespace, name }];
  const isOfCluster = ['ClusterResourceQuota', 'ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy'].includes(kind);
  return isOfCluster ? [{ kind, namespace: '', name }] : [];
}

function quotaKey({ metadata }: ExceededQuota['quota']): string {
  return `${metadata?.namespace}/${metadata?.name}`;
}

/**
 * The quotas without room for all planned objects together. Empty if all objects passed their dry runs together,
 * because this proves that there is room.
 */
function exceededIn(scene: Scene): ExceededQuota[] {
  const { namespaces, counts } = plannedOf(scene);
  const tried = dryRunsOf(scene);
  const isAccepted = tried.length > 0 && tried.every(({ outcome }) => outcome === 'accepted');
  if (isAccepted && isCountedAtOnce(tried.map((each) => each.counts))) return [];
  const quotas = itemsOf(scene.perhaps.resourceQuotas);
  return (namespaces.length > 0 ? namespaces : [undefined]).flatMap((each) => exceededQuotas(quotas, each, counts));
}

function findingOf(scene: Scene, { quota, shortages }: ExceededQuota): RankedFinding {
  const reference = referenceTo('ResourceQuota', quota);
  const { name, namespace } = reference;
  const { namespaces, counts } = plannedOf(scene);
  const refusing = new Set(exceededIn(scene).map((each) => each.quota.metadata?.namespace));
  // The mode is still possible if another namespace has room, or if the namespace is unknown.
  const isEverywhere = namespaces.length > 0 && namespaces.every((each) => refusing.has(each));
  const what = counts['count/ingresses.networking.k8s.io'] ? 'Services and Ingresses' : 'Services';
  return {
    about: aboutOf(scene),
    objects: [reference],
    evidence: shortages.flatMap(({ resource, used, limit }) => [
      fieldOf(reference, `status.hard[${resource}]`, limit),
      fieldOf(reference, `status.used[${resource}]`, used),
    ]),
    severity: isEverywhere ? 'error' : 'warning',
    fact: `ResourceQuota ${name} in namespace ${namespace} has no room for the ${what} of ${scene.subject.mode} mode (${shortages.map(shortageText).join('; ')}), so the API server refuses them`,
    cures: [
      ...otherMode(scene, { kind: 'ResourceQuota', name }, namespace),
      ...curesOfRefusal({ kind: 'ResourceQuota', name }, namespace),
    ],
  };
}

/**
 * Suggests to check another mode: the first mode whose objects fit into the quotas of the namespace. That mode may have
 * other faults.
 */
function otherMode(scene: Scene, { kind }: Refuser, namespace: string): Cure[] {
  if (kind === 'API server' || kind === 'broken webhook') return [];
  const { resourceQuotas, ingressClasses } = scene.perhaps;
  const { skyCluster, mode } = scene.subject;
  const isServed = ingressClasses.observed ? ingressClasses.items.length > 0 : true;
  const fits = (other: WrittenMode) => {
    const counts = countsOfStandIn(other);
    const hasController = isServed || !counts['count/ingresses.networking.k8s.io'];
    return hasController && exceededQuotas(itemsOf(resourceQuotas), namespace, counts).length === 0;
  };
  const [first] = writtenModes.filter((other) => other !== mode && fits(other));
  if (first === undefined) return [];
  const who = skyCluster && part`${operandOf(skyCluster)}`;
  const isQuota = kind === 'ResourceQuota' && resourceQuotas.observed;
  return [
    cure(
      command`kubectl skyports doctor ${who} -n ${namespace} --mode ${first}`,
      isQuota ? `checks ${first} mode, for which the quota has room` : `checks the same for ${first} mode`,
    ),
  ];
}
