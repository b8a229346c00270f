import { command, cure } from '../../../errors/cure.ts';
import { type Orphan, orphansIn, outlivesItsPods } from '../../../exposure/orphans.ts';
import { listed } from '../../../snapshot/text.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';

export const noOrphans = defineCheck({
  id: 'no-orphans',
  group: 'leftovers',
  onPath: false,
  breaksCalls: true,
  title: 'there are no leftovers of deleted SkyPilot clusters',
  severity: 'warning',
  needs: ['pods', 'services'],
  wants: ['deployments', 'ingresses'],
  after: ['api-server-answers'],
  docs: () => ({
    means:
      'Services and Ingresses open ports of a SkyPilot cluster that no longer exists: no Pod and no Deployment has its label. They are older than ten minutes. This plugin or SkyPilot created them. The check runs if you do not name a SkyPilot cluster.',
    matters:
      'A load balancer costs money as long as its Service exists, and users may try an address that leads nowhere.',
    fix: "Delete what this plugin created. For SkyPilot's own objects, `prune` prints the commands.",
    commands: [
      cure(command`kubectl skyports prune`, "removes this plugin's after asking, and prints how to remove SkyPilot's"),
    ],
    sources: [
      'skypilot-org/skypilot#10641: clean-up stops at the first missing Service',
      'sky/provision/kubernetes/instance.py: Services are collected by label, Ingresses are not',
    ],
  }),
  notApplicable: ({ subject }) =>
    subject.skyCluster || subject.mode ? 'checked only for the context as a whole' : undefined,
  needsHere: ({ view }) => (outlivesItsPods(view.snapshot) ? ['deployments'] : []),
  find: ({ view }) => {
    const { orphans } = orphansIn(view.snapshot);
    const byCluster = Map.groupBy(orphans, ({ reference, nameOnCloud }) =>
      clusterKey({ namespace: reference.namespace, nameOnCloud }),
    );
    return [...byCluster].map(([about, own]) => ({
      about: [about],
      objects: own.map(({ reference }) => reference),
      evidence: own.map(({ reference, object }) =>
        fieldOf(reference, 'metadata.creationTimestamp', object.metadata?.creationTimestamp),
      ),
      orphans: own,
    }));
  },
  say: ({ orphans }) => {
    const names = listed(orphans.map(({ reference: { kind, name } }) => `${kind} ${name}`));
    return `${names} ${orphans.length === 1 ? 'is' : 'are'} left of SkyPilot cluster ${orphans[0]!.nameOnCloud}, which is gone`;
  },
  cures: ({ orphans }) => [
    cure(command`kubectl skyports prune -n ${orphans[0]!.reference.namespace}`, noteFor(orphans)),
  ],
  fix({ orphans }) {
    const ours = orphans.filter(({ managedBy }) => managedBy === 'kubectl-skyports');
    return ours.length > 0 ? { do: 'remove', orphans: ours } : undefined;
  },
});

function noteFor(orphans: readonly Orphan[]): string {
  const skyPilots = orphans.filter(({ managedBy }) => managedBy === 'skypilot').length;
  if (skyPilots === 0) return 'removes them after asking';
  return skyPilots === orphans.length
    ? 'prints how to remove what SkyPilot left behind'
    : "removes this plugin's after asking, and prints how to remove SkyPilot's";
}
