import type { Pod, ServicePort } from 'kubernetes-types/core/v1';
import { command, cure } from '../../../errors/cure.ts';
import { backendsOf } from '../../../exposure/backends.ts';
import { isReady } from '../../../exposure/pod-trouble.ts';
import { referenceTo } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { displayOf, exposeCommand, rangesOf } from '../../format.ts';
import { exposingServices } from '../../subjects/exposing-services.ts';

export const endpointSlicesReady = defineCheck({
  id: 'endpoint-slices-ready',
  group: 'service',
  hop: 'endpoint-slice',
  onPath: true,
  breaksCalls: true,
  title: 'every open port has a ready endpoint',
  severity: 'error',
  needs: ['pods', 'services'],
  wants: ['endpointSlices', 'events', 'podEvents'],
  after: [
    'api-server-answers',
    'no-orphans',
    'head-pod-exists',
    'head-pod-running',
    'head-pod-ready',
    'service-selects-head',
  ],
  docs: () => ({
    means:
      'The EndpointSlices of a Service list no ready endpoint for a port. If you cannot list EndpointSlices, the check looks at the Pods that the Service selects. It is a warning for Services that neither SkyPilot nor this plugin created.',
    matters:
      'Connections to the port are refused or time out, although the address exists. Some load balancers get no address until a backend is healthy.',
    fix: 'If the Pod is Ready, check two things. If `targetPort` is a name, a container port must have this name. kube-controller-manager must run, because it fills EndpointSlices.',
    sources: [
      'Kubernetes: discovery/v1 EndpointSlice, conditions.ready (absent counts as true)',
      'Kubernetes: Service spec.ports[].targetPort (a name is looked up in the Pod)',
    ],
  }),
  find: (scene) =>
    exposingServices(scene).flatMap(({ service, skyCluster, owner, ports }) => {
      const judged = (service.spec?.ports ?? []).flatMap((port) => {
        const mapping = ports.find(({ servicePort }) => servicePort === port.port);
        return mapping ? [{ port, mapping }] : [];
      });
      const empty = judged.flatMap(({ port, mapping }) => {
        const backends = backendsOf(scene.view, service, port);
        return backends.state === 'none' ? [{ port, mapping, reason: backends.reason }] : [];
      });
      if (empty.length === 0) return [];
      const reference = serviceReference(service);
      const slices = scene.view.slices.get(`${reference.namespace}/${reference.name}`) ?? [];
      const sliceFacts = slices.map((slice) =>
        fieldOf(referenceTo('EndpointSlice', slice), 'endpoints', slice.endpoints),
      );
      const selected = scene.view.pods.matching(skyCluster.namespace, service.spec?.selector);
      return [
        {
          about: [clusterKey(skyCluster)],
          servicePorts: empty.map(({ port }) => port.port),
          objects: [reference, ...sliceFacts.map(({ object }) => object)],
          evidence: [
            fieldOf(
              reference,
              'spec.ports',
              empty.map(({ port }) => port),
            ),
            ...sliceFacts,
          ],
          skyCluster,
          owner,
          serviceName: reference.name,
          ports: empty.map(({ mapping }) => mapping),
          reason: empty[0]!.reason,
          unknownName: empty.map(({ port }) => unknownTargetOf(port, selected)).find((name) => name !== undefined),
          somePodIsReady: selected.some(isReady),
        },
      ];
    }),
  severityOf: ({ owner }) => (owner === 'other' ? 'warning' : 'error'),
  say({ skyCluster, serviceName, ports, reason, unknownName }) {
    const what = `port${ports.length === 1 ? '' : 's'} ${listed(rangesOf(ports.map(({ servicePort }) => servicePort)))} of Service ${serviceName}`;
    const why = unknownName === undefined ? reason : `no container has a port named ${unknownName}, its targetPort`;
    return `no ready endpoint is behind ${what} (${displayOf(skyCluster)}): ${why}`;
  },
  cures({ skyCluster, serviceName, ports, unknownName, somePodIsReady }) {
    if (unknownName !== undefined) {
      return [cure(exposeCommand(skyCluster, ports), 'leads to the port of that number')];
    }
    const label = `kubernetes.io/service-name=${serviceName}`;
    const note = somePodIsReady
      ? 'shows them; kube-controller-manager fills them, and if they stay like this, it does not run'
      : 'shows them; they fill as soon as the Pod is Ready';
    return [cure(command`kubectl get endpointslices -l ${label} -n ${skyCluster.namespace}`, note)];
  },
});

/** The targetPort, if it is a name that no container port of the Pods has. */
function unknownTargetOf({ targetPort }: ServicePort, pods: readonly Pod[]): string | undefined {
  if (typeof targetPort !== 'string' || /^\d+$/.test(targetPort) || pods.length === 0) return undefined;
  const names = pods.flatMap(({ spec }) =>
    (spec?.containers ?? []).flatMap(({ ports }) => (ports ?? []).map(({ name }) => name)),
  );
  return names.includes(targetPort) ? undefined : targetPort;
}
