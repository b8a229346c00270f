import { command, cure } from '../../../errors/cure.ts';
import { keyOf } from '../../../snapshot/object-reference.ts';
import type { Snapshot } from '../../../snapshot/snapshot.ts';
import { listed } from '../../../snapshot/text.ts';
import { type Observation, type Topic, topicRows } from '../../../snapshot/topics.ts';
import { unseenCures } from '../../../snapshot/unseen-words.ts';
import { defineCheck, type Unseen } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { announcementOf } from '../../subjects/announcement-of.ts';
import { metallbSpeakersNeverCreated } from '../../subjects/announcing-pods.ts';
import { announcementTopics, type BalancedService, balancedServices } from '../../subjects/balanced-services.ts';
import { clusterPolicyCures, severityOfSilence } from '../../subjects/local-policy.ts';

export const loadBalancerAnnounced = defineCheck({
  id: 'load-balancer-announced',
  group: 'load-balancer',
  onPath: true,
  breaksCalls: true,
  title: 'something answers for the address of every load balancer',
  severity: 'error',
  needs: ['services'],
  wants: [...announcementTopics, 'events', 'handlerEvents'],
  after: ['api-server-answers', 'service-selects-head', 'endpoint-slices-ready', 'load-balancer-one-implementation'],
  docs: () => ({
    means:
      'The Service of a SkyPilot cluster or of the ingress controller has an address, but nothing on the network answers for it. MetalLB: no advertisement selects its pool or the Service, or every node is left out. MetalLB leaves a node out because of the label `node.kubernetes.io/exclude-from-external-load-balancers`, because of the nodeSelectors of the advertisements, without a ready speaker, without any speaker because its DaemonSet may not create it, or without a ready Pod under `externalTrafficPolicy: Local`. Cilium: no CiliumL2AnnouncementPolicy and no CiliumBGPAdvertisement selects the Service. kube-vip: the node that announces the address is not Ready, or the Pod on it is not. ServiceLB: none of its Pods for the Service is ready, or it has no Pods. Clouds: the label leaves out every node. Other implementations are not checked. It is a warning if some of this could not be seen, and information if a call of the address from this machine is answered. The result is unknown if the advertisements of MetalLB or the policies of Cilium could not be seen, and no call is answered.',
    matters: 'The Service looks healthy and has an EXTERNAL-IP, but packets to it are lost.',
    fix: "The finding names what leaves each node out. Since 0.14, MetalLB leaves out nodes with the label. kubeadm and Talos set the label on every control-plane node, so a cluster of one node announces nothing. With `--ignore-exclude-lb`, MetalLB's speakers ignore the label. If no advertisement has the pool, add the pool to one.",
    sources: [
      'https://github.com/metallb/metallb/blob/main/speaker/layer2_controller.go: ShouldAnnounce',
      'https://metallb.io/troubleshooting/',
      'https://docs.cilium.io/en/stable/network/l2-announcements/',
      'https://github.com/k3s-io/k3s/blob/main/pkg/cloudprovider/servicelb.go: podIPs',
      'core/v1, LabelNodeExcludeBalancers; k8s.io/cloud-provider, controllers/service',
    ],
  }),
  notApplicable: (scene) =>
    balancedServices(scene).length === 0 ? 'no load balancer of the checked ports has an address' : undefined,
  find: (scene) =>
    balancedServices(scene).flatMap((balanced) => {
      const { service, about, addresses } = balanced;
      const { snapshot } = scene.view;
      const {
        by,
        nodes,
        silence = by === 'MetalLB' && !nodes && metallbSpeakersNeverCreated(snapshot),
      } = announcementOf(balanced, snapshot) ?? {};
      if (!silence || by === undefined) return [];
      const reference = serviceReference(service);
      return [
        {
          balanced,
          silence,
          by,
          about,
          objects: [reference, ...silence.objects],
          evidence: [
            fieldOf(reference, 'status.loadBalancer.ingress', service.status?.loadBalancer?.ingress),
            fieldOf(reference, 'spec.externalTrafficPolicy', service.spec?.externalTrafficPolicy),
          ],
          addresses,
        },
      ];
    }),
  unsettled: (scene) =>
    balancedServices(scene)
      .filter(({ call }) => call !== 'answers')
      .map((balanced) => whyUntold(balanced, scene.view.snapshot))
      .find((why) => why !== undefined),
  severityOf: ({ silence, balanced }) => severityOfSilence(balanced, silence.isSure),
  say({ balanced: { service, call }, silence, by, addresses }) {
    const fact = `Service ${keyOf(service)} has ${listed(addresses)} from ${by}`;
    return call === 'answers'
      ? `${fact}, and this machine reaches it, as a node does; others may find nothing that answers for it, because ${silence.cause}`
      : `${fact}, and nothing answers for it, because ${silence.cause}`;
  },
  cures({ balanced, silence }) {
    const { exposing } = balanced;
    const anotherWay = exposing && exposeCommand(exposing.skyCluster, exposing.ports, 'nodeport');
    return [
      ...silence.cures,
      ...(silence.isOfLocalPolicy ? clusterPolicyCures(balanced) : []),
      ...(anotherWay === undefined ? [] : [cure(anotherWay, 'opens another way in')]),
    ];
  },
});

/** Why it is unknown whether a node announces the addresses. Undefined if it is known. */
function whyUntold(balanced: BalancedService, snapshot: Snapshot): Unseen | undefined {
  const { by, unseen = [] } = announcementOf(balanced, snapshot) ?? {};
  const { topics, namespace } = snapshot;
  if (unseen.length === 0) return undefined;
  const byReason = Map.groupBy(unseen, (topic) => reasonWords(topics[topic]));
  const missing = [...byReason].map(([why, those]) => `${listed(those.map(resourceOf))} were not seen (${why})`);
  const allowed = unseen.flatMap((topic) => {
    const observation = topics[topic];
    return observation.observed ? [] : unseenCures(topic, observation, namespace);
  });
  const adding = cure(
    command`kubectl get ${unseen.map(resourceOf).join(',')} -A -o yaml`,
    'prints them; add them to the file',
  );
  return {
    reason: `${missing.join(', ')}, so it is unknown whether anything answers for ${listed(balanced.addresses)}, which Service ${keyOf(balanced.service)} has from ${by}`,
    cures: allowed.length > 0 ? allowed : [adding],
  };
}

function resourceOf(topic: Topic): string {
  return topicRows[topic].resource ?? topic;
}

function reasonWords(observation: Observation<object>): string {
  if (observation.observed) return 'there are more than were read';
  const { reason, message } = observation;
  return { forbidden: 'forbidden', 'not-collected': 'not in the file' }[reason as string] ?? message;
}
