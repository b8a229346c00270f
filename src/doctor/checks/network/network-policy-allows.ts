import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import { command, cure } from '../../../errors/cure.ts';
import type { Endpoint } from '../../../exposure/endpoint.ts';
import { type Admission, admissionTo } from '../../../exposure/network-policies.ts';
import { mappingOf } from '../../../exposure/port-mapping.ts';
import { allModes } from '../../../modes/all-modes.ts';
import { headPodOf } from '../../../skypilot/sky-cluster.ts';
import { referenceTo } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { type CheckContext, clusterKey, endpointsOf } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { calledPorts, calledTopics } from '../../subjects/called-ports.ts';
import { whyUntold } from '../../subjects/known-senders.ts';

type Seen = CheckContext<'pods' | 'services', 'controllerPods' | 'networkPolicies' | (typeof calledTopics)[number]>;

export const networkPolicyAllows = defineCheck({
  id: 'network-policy-allows',
  group: 'network',
  hop: 'pod',
  onPath: true,
  title: 'no NetworkPolicy blocks callers of the app',
  severity: 'warning',
  needs: ['services'],
  wants: [...calledTopics, 'networkPolicies', 'controllerPods'],
  isCall: true,
  after: [],
  docs: () => ({
    means:
      "NetworkPolicies select the head Pod, but no rule lets callers use the app's port: no rule includes the port, or the rules only allow Pods that the callers are not. It is an error if calls of the port did not get through. Without calls it is a warning, because the API does not show whether the network enforces policies.",
    matters: 'Packets to the Pod are dropped silently, and everything else looks healthy.',
    fix: "Add a rule for the port to one of the policies, or add a policy that allows it. In ingress mode, allow the controller's namespace; in other modes, allow all callers.",
    sources: [
      'Kubernetes: networking.k8s.io/v1 NetworkPolicy, spec.ingress[].from and .ports',
      'Kubernetes documentation, Network Policies: policies add up; a network plugin has to enforce them',
    ],
  }),
  notApplicable: (scene) =>
    endpointsOf(scene).some(({ mode, address }) => address !== null && allModes[mode].calledFrom === 'anywhere')
      ? undefined
      : 'no checked port has an address',
  needsHere: () => ['networkPolicies'],
  find(scene) {
    const answering = new Set(
      calledPorts(scene).flatMap(({ row, probe }) => {
        const { http } = probe;
        const isApps = http?.outcome === 'answered' && !http.page && whyUntold(http, row, scene.view) === undefined;
        return isApps ? [row] : [];
      }),
    );
    const called = new Set(calledPorts(scene).map(({ row }) => row));
    return endpointsOf(scene)
      .filter(({ address, mode }) => address !== null && allModes[mode].calledFrom === 'anywhere')
      .filter((row) => !answering.has(row))
      .flatMap((row) => {
        const found = keptOut(scene, row);
        return found ? [{ ...found, row, wasCalled: called.has(row) }] : [];
      });
  },
  say: ({ row, podPort, policies, admits }) => {
    const names = listed(policies.map(({ metadata }) => metadata?.name ?? ''));
    const who = policies.length === 1 ? 'NetworkPolicy' : 'NetworkPolicies';
    const whom = admits === 'nobody' ? 'no callers' : 'only some Pods, and not the callers,';
    return `${who} ${names} allow${policies.length === 1 ? 's' : ''} ${whom} on port ${podPort} of the head of ${row.skyCluster}`;
  },
  cures: ({ row, policies }) => {
    const names = policies.map(({ metadata }) => metadata?.name ?? '');
    return [
      cure(
        command`kubectl describe networkpolicy ${names} -n ${row.namespace}`,
        'shows the rules; at least one has to let callers reach the port',
      ),
    ];
  },
  severityOf: ({ wasCalled }) => (wasCalled ? 'error' : 'warning'),
});

function keptOut(scene: Pick<Seen, 'view'>, row: Endpoint) {
  const skyCluster = scene.view.skyClusterNamed(row.namespace, row.nameOnCloud);
  const head = skyCluster && headPodOf(skyCluster);
  if (!head) return undefined;
  const podPort = mappingOf(row, skyCluster).targetPort;
  const admission = admissionTo(itemsOf(scene.view.snapshot.topics.networkPolicies), head, podPort);
  if (admission.admits === 'everybody' || admission.admits === 'some addresses') return undefined;
  if (
    admission.admits === 'some Pods' &&
    allModes[row.mode].answeredBy === 'controller' &&
    admitsController(scene, admission)
  )
    return undefined;
  const policies: readonly NetworkPolicy[] = admission.policies;
  const references = policies.map((policy) => referenceTo('NetworkPolicy', policy));
  return {
    about: [clusterKey(row)],
    objects: [...references, referenceTo('Pod', head)],
    evidence: references.map((reference, i) => fieldOf(reference, 'spec.ingress', policies[i]!.spec?.ingress)),
    ...{ podPort, policies, admits: admission.admits },
  };
}

/**
 * Whether the policies allow calls from an ingress controller. True if no controller Pod was seen, because the policies
 * may still allow the calls.
 */
function admitsController(
  { view }: Pick<Seen, 'view'>,
  admission: Extract<Admission, { admits: 'some Pods' }>,
): boolean {
  const pods = view.snapshot.topics.controllerPods;
  if (!pods.observed || pods.items.length === 0) return true;
  return pods.items.some(({ metadata }) =>
    admission.admitsPod({ namespace: metadata?.namespace ?? '', labels: metadata?.labels ?? {} }),
  );
}
