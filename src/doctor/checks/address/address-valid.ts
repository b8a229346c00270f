import { advice, command, cure } from '../../../errors/cure.ts';
import type { Endpoint } from '../../../exposure/endpoint.ts';
import { nodeport } from '../../../modes/nodeport/mode.ts';
import { clusterKey, endpointsOf } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { displayOf } from '../../format.ts';
import { controllerTopics } from '../../subjects/judged-controllers.ts';

export const addressValid = defineCheck({
  id: 'address-valid',
  group: 'address',
  onPath: true,
  title: 'every address can be part of a URL',
  severity: 'error',
  needs: ['services'],
  wants: [...controllerTopics, 'endpointSlices', 'nodes'],
  after: [],
  docs: () => ({
    means:
      'The address of a port is neither an IP address nor a host name: it contains a space, a quote or another character that is not allowed in a URL.',
    matters:
      'Nothing can call it, and SkyPilot prints a URL that no program accepts. Kubernetes does not validate addresses from kubelets and controllers.',
    fix: 'Correct the source of the address: the node address that the kubelet or the cloud controller reports, the status that the load balancer controller writes, or the annotation.',
    sources: ['Kubernetes API: core/v1, NodeAddress.address is any text', 'WHATWG URL, host parsing'],
  }),
  notApplicable: (scene) =>
    endpointsOf(scene).some(({ address }) => address !== null) ? undefined : 'no checked port has an address',
  find: (scene) =>
    endpointsOf(scene)
      .filter(isInvalid)
      .map((row) => ({
        about: [clusterKey(row)],
        servicePorts: [row.port],
        objects: row.source,
        evidence: row.source.slice(0, 1).map((reference) => fieldOf(reference, 'address', row.address)),
        row,
      })),
  say: ({ row }) =>
    `port ${row.port} of ${displayOf({ displayName: row.skyCluster, nameOnCloud: row.nameOnCloud })} has the address "${row.address}" (${row.mode}), which is not valid in a URL`,
  cures: ({ row }) =>
    row.mode === nodeport.name
      ? [cure(command`kubectl get nodes -o wide`, 'shows the addresses that the kubelets report')]
      : [advice('correct the status or the annotation that it comes from')],
});

/**
 * Whether the address is not valid in a URL. The sign is a missing URL: a TCP port with a valid address always has a
 * URL.
 */
function isInvalid({ address, url, protocol }: Endpoint): boolean {
  return address !== null && url === null && protocol === 'TCP';
}
