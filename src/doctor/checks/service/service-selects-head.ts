import type { Service } from 'kubernetes-types/core/v1';
import { type Cure, command, cure, part } from '../../../errors/cure.ts';
import type { Owner } from '../../../exposure/endpoint.ts';
import { mappingOf, type PortMapping } from '../../../exposure/port-mapping.ts';
import { modeOfServiceType } from '../../../modes/all-modes.ts';
import { clusterNameLabel } from '../../../skypilot/names.ts';
import { headPodOf, type SkyCluster } from '../../../skypilot/sky-cluster.ts';
import { selects } from '../../../snapshot/selector.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, podReference, serviceReference } from '../../finding.ts';
import { displayOf, exposeCommand } from '../../format.ts';
import { exposingServices } from '../../subjects/exposing-services.ts';

export const serviceSelectsHead = defineCheck({
  id: 'service-selects-head',
  group: 'service',
  onPath: true,
  breaksCalls: true,
  title: 'every Service that opens a port selects the head Pod',
  severity: 'error',
  needs: ['pods', 'services'],
  after: ['api-server-answers', 'no-orphans', 'head-pod-exists'],
  docs: () => ({
    means:
      "A Service that SkyPilot or this plugin created has a selector that does not match the head Pod's labels. Services of others are not checked, because they may be meant for another node.",
    matters: 'The port leads nowhere, or to workers that do not run the app.',
    fix: 'Restore the selector of a Service that this plugin created; `--fix` does it. Only SkyPilot writes its own Service: open the port beside it.',
    commands: [
      cure(
        command`kubectl skyports expose NAME PORT --force-conflicts`,
        'writes the selector of a Service that this plugin created',
      ),
    ],
    sources: [
      'sky/templates/kubernetes-loadbalancer.yml.j2, kubernetes-ingress.yml.j2: selector skypilot-cluster-name (before 0.11 skypilot-cluster)',
      'Kubernetes: Service spec.selector',
    ],
  }),
  find: (scene) =>
    exposingServices(scene).flatMap(({ service, skyCluster, owner, ports }) => {
      const head = headPodOf(skyCluster);
      const selector = service.spec?.selector;
      if (owner === 'other' || !head || selects(selector, head.metadata?.labels)) return [];
      return [
        {
          about: [clusterKey(skyCluster)],
          objects: [serviceReference(service), podReference(head)],
          evidence: [fieldOf(serviceReference(service), 'spec.selector', selector)],
          service,
          skyCluster,
          owner,
          ports,
          headName: head.metadata?.name ?? '',
        },
      ];
    }),
  say: ({ service, skyCluster, headName }) =>
    `Service ${service.metadata?.name} ${selectorWords(service)}; Pod ${headName}, the head of ${displayOf(skyCluster)}, does not have that`,
  cures: ({ service, skyCluster, owner, ports }) => [cureOf(service, skyCluster, owner, ports)],
  fix({ service, skyCluster, owner }) {
    const mode = modeOfServiceType(service.spec?.type);
    if (owner !== 'kubectl-skyports' || !mode) return undefined;
    // The fix names all ports of the Service, because `expose` would remove a port that is not named.
    const ports = (service.spec?.ports ?? []).map((port) => mappingOf(port, skyCluster));
    return { do: 'expose', skyCluster, mode, ports, allNodes: takesAllNodes(service) };
  },
});

/** Whether the Service was created with `--all-nodes`, even if its selector now names another SkyPilot cluster. */
function takesAllNodes({ spec }: Service): boolean {
  return clusterNameLabel in (spec?.selector ?? {});
}

function selectorWords({ spec }: Service): string {
  const pairs = Object.entries(spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? 'has no selector' : `selects ${pairs.join(',')}`;
}

function cureOf(service: Service, skyCluster: SkyCluster, owner: Owner, ports: readonly PortMapping[]): Cure {
  if (owner === 'kubectl-skyports') {
    const flags = takesAllNodes(service) ? part`--all-nodes --force-conflicts` : part`--force-conflicts`;
    const expose = exposeCommand(skyCluster, ports, modeOfServiceType(service.spec?.type), flags);
    return cure(expose, 'restores its selector, even if another user has changed it');
  }
  return cure(
    exposeCommand(skyCluster, ports, modeOfServiceType(service.spec?.type), part`--beside-skypilot`),
    'opens it beside the Service that SkyPilot made, which a launch with one more port makes again with its own selector',
  );
}
