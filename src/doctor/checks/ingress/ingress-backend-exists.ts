import { command, cure } from '../../../errors/cure.ts';
import type { Owner } from '../../../exposure/endpoint.ts';
import type { PortMapping } from '../../../exposure/port-mapping.ts';
import { portBehind } from '../../../modes/ingress/list.ts';
import type { SkyCluster } from '../../../skypilot/sky-cluster.ts';
import { type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { type Evidence, fieldOf } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { judgedPaths, notInIngressMode } from '../../subjects/ingress-mode.ts';

interface MissingBackend {
  readonly about: readonly string[];
  readonly servicePorts: readonly number[] | undefined;
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
  readonly ingress: ObjectReference;
  readonly path: string;
  readonly missing: string;
  readonly owner: Owner;
  /** Whether the SkyPilot cluster has no Pods any more, only the objects that open its ports. */
  readonly isLeftOver: boolean;
  readonly skyCluster: SkyCluster;
  readonly mapping: PortMapping;
}

export const ingressBackendExists = defineCheck({
  id: 'ingress-backend-exists',
  group: 'ingress',
  hop: 'service',
  onPath: true,
  breaksCalls: true,
  title: 'every path of an Ingress leads to a Service that exists',
  severity: 'error',
  needs: ['services'],
  wants: ['pods', 'ingresses'],
  after: ['api-server-answers'],
  docs: () => ({
    means: 'A path of an Ingress names a Service that does not exist, or a port that the Service does not have.',
    matters:
      'The controller answers 503 for that path. SkyPilot does not notice, because it reads neither the Ingress nor its Services to print the URL. Its clean-up stops at the first missing Service and leaves the Ingress behind (skypilot#10641). For a cluster without Pods, this is a warning.',
    fix: 'Open the port again. If the cluster no longer exists, you can delete its Ingress.',
    commands: [
      cure(command`kubectl skyports expose NAME PORT --mode ingress`, 'opens PORT of SkyPilot cluster NAME again'),
    ],
    sources: [
      'networking.k8s.io/v1 Ingress, spec.rules[].http.paths[].backend.service',
      'https://github.com/skypilot-org/skypilot/issues/10641',
    ],
  }),
  notApplicable: notInIngressMode,
  needsHere: () => ['ingresses'],
  find: (scene) =>
    judgedPaths(scene).flatMap(({ ingress, path, service, skyCluster, mapping, owner }): MissingBackend[] => {
      if (service && portBehind(service, path)) return [];
      const reference = referenceTo('Ingress', ingress);
      const { serviceName, servicePort } = path;
      const { namespace } = reference;
      const isLeftOver = scene.view.snapshot.topics.pods.observed && skyCluster.pods.length === 0;
      return [
        {
          about: [clusterKey(skyCluster)],
          servicePorts: servicePort.number === undefined ? undefined : [servicePort.number],
          objects: [reference, { kind: 'Service', namespace, name: serviceName }],
          evidence: [
            fieldOf(reference, 'spec.rules[].http.paths[].backend.service', { name: serviceName, port: servicePort }),
          ],
          ingress: reference,
          path: path.path,
          missing: service
            ? `port ${servicePort.number ?? servicePort.name}, which Service ${serviceName} does not have`
            : `Service ${serviceName}, which does not exist`,
          owner,
          isLeftOver,
          ...{ skyCluster, mapping },
        },
      ];
    }),
  say: ({ ingress, path, missing }) =>
    `path ${path || '(default backend)'} of Ingress ${ingress.namespace}/${ingress.name} leads to ${missing}`,
  cures({ ingress: { namespace, name }, skyCluster, mapping, isLeftOver, owner }) {
    if (isLeftOver) {
      const note = 'deletes it after asking: no Pod of its SkyPilot cluster is left';
      return [cure(command`kubectl delete ingress ${name} -n ${namespace} --interactive`, note)];
    }
    const note = 'opens the port again; SkyPilot itself creates the Service again only when a launch adds a port';
    return [cure(exposeCommand(skyCluster, [mapping], 'ingress'), owner === 'skypilot' ? note : undefined)];
  },
  fix: ({ owner, isLeftOver, skyCluster, mapping }) =>
    owner === 'kubectl-skyports' && !isLeftOver
      ? { do: 'expose', skyCluster, mode: 'ingress', ports: [mapping] }
      : undefined,
  severityOf: ({ isLeftOver }) => (isLeftOver ? 'warning' : 'error'),
});
