import type { Ingress } from 'kubernetes-types/networking/v1';
import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import { ownerOfService } from '../../../modes/service-ports.ts';
import { backendStatesIn, backendsAnnotation } from '../../../platforms/gke-backends.ts';
import { applyCommand } from '../../../platforms/manifest-command.ts';
import { type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import {
  isAnswered,
  type JudgedPath,
  judgedIngresses,
  judgedPaths,
  notInIngressMode,
} from '../../subjects/ingress-mode.ts';
import { logsCure } from '../../subjects/pod-cures.ts';

export const ingressBackendsHealthy = defineCheck({
  id: 'ingress-backends-healthy',
  group: 'ingress',
  onPath: true,
  breaksCalls: true,
  title: 'the load balancer of every Ingress finds its backends healthy',
  severity: 'error',
  needs: ['services'],
  wants: ['pods', 'ingresses', 'probes'],
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned', 'ingress-backend-exists'],
  docs: () => ({
    means: `GKE Ingress writes the health of its backends into the annotation \`${backendsAnnotation}\`, and a backend is UNHEALTHY: the health check of Google's load balancer gets no 200 from the app. It is a warning if other backends of the Ingress are healthy, because their names do not always show which backend is whose. If a call of the Ingress is answered, it is healthy.`,
    matters:
      "The load balancer only sends calls to healthy backends, and otherwise answers 502 itself. The app runs, and answers from inside. GKE's health check requests `/`, unless a readinessProbe of the Pod or a BackendConfig names another path. Only the answer 200 is healthy: an app that redirects, asks for a login, or answers 404 counts as dead.",
    fix: 'In a BackendConfig for the Service, name a path that the app answers with 200. SkyPilot creates its Services again at a launch, and their annotations are lost. So create your own Service, or open the port with a load balancer, which only checks the nodes.',
    sources: [
      'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/ingress-health-checks',
      'https://cloud.google.com/kubernetes-engine/docs/how-to/ingress-configuration#direct_health',
      'https://github.com/kubernetes/kubernetes/issues/45438, https://github.com/kubernetes/ingress-gce/issues/762',
    ],
  }),
  notApplicable(scene) {
    const other = notInIngressMode(scene);
    if (other !== undefined || !scene.view.snapshot.topics.ingresses.observed) return other;
    return judgedIngresses(scene).some(({ ingress }) => statesOf(ingress).length > 0)
      ? undefined
      : 'no Ingress says how healthy its backends are (GKE Ingress writes it)';
  },
  needsHere: () => ['ingresses'],
  find: (scene) =>
    judgedIngresses(scene).flatMap(({ ingress, about }): RankedFinding[] => {
      const states = statesOf(ingress);
      const unhealthy = states.filter(([, state]) => state === 'UNHEALTHY').map(([name]) => name);
      const paths = judgedPaths(scene).filter((each) => each.ingress === ingress);
      if (unhealthy.length === 0 || paths.length === 0 || isAnswered(scene, ingress)) return [];
      const reference = referenceTo('Ingress', ingress);
      const isAll = unhealthy.length === states.length;
      const which = isAll && states.length > 1 ? 'every backend' : `backend ${listed(unhealthy)}`;
      const value = ingress.metadata?.annotations?.[backendsAnnotation];
      return [
        {
          about,
          objects: [reference],
          evidence: [fieldOf(reference, `metadata.annotations["${backendsAnnotation}"]`, value)],
          severity: isAll ? 'error' : 'warning',
          fact: `Google's load balancer of Ingress ${reference.namespace}/${reference.name} finds ${which} UNHEALTHY (${backendsAnnotation}), so it sends no calls there: its health check requests / by HTTP, unless a readinessProbe or a BackendConfig names another path, and only accepts the answer 200`,
          cures: curesOf(paths),
        },
      ];
    }),
  ...rankedFindings,
});

function statesOf({ metadata }: Ingress): [name: string, state: string][] {
  return backendStatesIn(metadata?.annotations?.[backendsAnnotation]);
}

function curesOf(paths: readonly JudgedPath[]): Cure[] {
  const { skyCluster, service } = paths[0]!;
  const ports = paths
    .filter((each) => clusterKey(each.skyCluster) === clusterKey(skyCluster))
    .map(({ mapping }) => mapping);
  return [
    ...(service && ownerOfService(service) !== 'skypilot' ? healthCheckCures(referenceTo('Service', service)) : []),
    logsCure(skyCluster.displayName, 'shows what the app answers to the health check (user agent GoogleHC)'),
    cure(
      exposeCommand(skyCluster, ports, 'loadbalancer'),
      'opens it with a load balancer, which only checks the nodes',
    ),
    ...(service && ownerOfService(service) === 'skypilot'
      ? [
          advice(
            'or let the app answer 200 on /; a BackendConfig needs your own Service, because SkyPilot creates its Service again',
          ),
        ]
      : []),
  ];
}

function healthCheckCures({ namespace, name }: ObjectReference): Cure[] {
  const config = {
    apiVersion: 'cloud.google.com/v1',
    kind: 'BackendConfig',
    metadata: { name, namespace },
    spec: { healthCheck: { type: 'HTTP', requestPath: '/PATH' } },
  };
  const chosen = `cloud.google.com/backend-config=${JSON.stringify({ default: name })}`;
  return [
    cure(
      applyCommand(config),
      'first: sets another path for the health check; /PATH is one that the app answers with 200',
    ),
    cure(command`kubectl annotate service ${name} -n ${namespace} ${chosen}`, 'then: uses it for this Service'),
  ];
}
