import { advice, command, cure } from '../../../errors/cure.ts';
import { humanDuration, listed } from '../../../snapshot/text.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { secondsBetween } from '../../format.ts';
import { saidOfLoadBalancer, wordsBeside } from '../../subjects/dependants.ts';
import { exposingServices, patienceSeconds, platformTopics } from '../../subjects/exposing-services.ts';
import { type Cleaner, cleanerOf } from '../../subjects/handler.ts';

export const serviceNotTerminating = defineCheck({
  id: 'service-not-terminating',
  group: 'service',
  onPath: true,
  title: 'no Service that opens a port is stuck in deletion',
  severity: 'warning',
  needs: ['pods', 'services'],
  wants: ['events', 'handlerEvents', 'endpointSlices', 'targetGroupBindings', 'tailscalePods', ...platformTopics],
  after: ['api-server-answers'],
  docs: () => ({
    means:
      'A Service of a SkyPilot cluster was deleted more than five minutes ago, or a warning came after its deletion, and it still exists. A finalizer keeps it until a controller has cleaned up.',
    matters:
      'The controller does not run, cannot reach its cloud, or is slow. Until the finalizer is removed, neither SkyPilot nor `kubectl skyports expose` can create a Service of this name.',
    fix: 'Start the controller again; its events show its errors. If you remove the finalizer by hand, the load balancer stays in the cloud and costs money: delete it there.',
    sources: [
      'Kubernetes: finalizers; service.kubernetes.io/load-balancer-cleanup of the service controller',
      'https://github.com/kubernetes/cloud-provider/blob/master/controllers/service/controller.go',
    ],
  }),
  find: (scene) =>
    exposingServices(scene).flatMap(({ service, skyCluster }) => {
      const { deletionTimestamp, finalizers = [] } = service.metadata ?? {};
      const seconds = secondsBetween(deletionTimestamp, scene.takenAt);
      if (!deletionTimestamp || finalizers.length === 0) return [];
      const heard = { topics: scene.view.snapshot.topics, takenAt: scene.takenAt };
      // Warnings from before the deletion are left out, because the deletion may have fixed their cause. Conditions
      // have no time. They describe the present state, so they count.
      const said = saidOfLoadBalancer(service, scene.view, heard).filter(
        ({ lastSeen }) => lastSeen === null || lastSeen >= deletionTimestamp,
      );
      const isWarned = said.some(({ lastSeen }) => lastSeen !== null);
      if (!isWarned && (seconds ?? 0) < patienceSeconds) return [];
      const reference = serviceReference(service);
      return [
        {
          about: [clusterKey(skyCluster)],
          objects: [reference],
          evidence: [
            fieldOf(reference, 'metadata.deletionTimestamp', deletionTimestamp),
            fieldOf(reference, 'metadata.finalizers', finalizers),
            ...said.map(({ evidence }) => evidence),
          ],
          reference,
          finalizers,
          seconds: seconds ?? 0,
          cleaner: cleanerOf(service, scene.view),
          said: said.map((each) => wordsBeside(each, reference)).join('; '),
        },
      ];
    }),
  say: ({ reference: { namespace, name }, finalizers, seconds, cleaner, said }) =>
    `Service ${namespace}/${name} was deleted ${humanDuration(Math.trunc(seconds))} ago and is held by finalizer ${listed(finalizers)}: ${[...whoCleans(cleaner), ...(said ? [said] : cleaner?.isGone ? [] : ['it is gone, fails, or is not done yet'])].join('; ')}`,
  cures: ({ reference: { namespace, name }, cleaner }) => [
    ...(cleaner?.isGone
      ? [advice(`start or install the ${cleaner.title} again: it removes the load balancer, then the finalizer`)]
      : []),
    cure(
      command`kubectl describe service ${name} -n ${namespace}`,
      'shows its events, with the errors of the controller',
    ),
    advice('remove the finalizer by hand only after the load balancer is gone in the cloud'),
  ],
});

function whoCleans(cleaner: Cleaner | undefined): string[] {
  if (!cleaner) return ['a controller removes it after it has cleaned up'];
  const gone = cleaner.isGone ? ', and no Pod of it was seen' : '';
  return [`${cleaner.title} removes it after it has cleaned up${gone}`];
}
