import type { Service } from 'kubernetes-types/core/v1';
import { command, cure } from '../../errors/cure.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Announced, Announcement } from './announcement.ts';

/**
 * The node that kube-vip writes when it starts to announce by ARP or BGP (https://github.com/kube-vip/kube-vip,
 * pkg/kubevip/annotations.go); undefined if kube-vip does not announce the Service.
 */
export function kubeVipHostOf({ metadata }: Service): string | undefined {
  return metadata?.annotations?.['kube-vip.io/vipHost'] || undefined;
}

/** Who announces an address of kube-vip's. Undefined if kube-vip does not say that it does. */
export function kubeVipAnnouncement({ service }: Announced, { topics }: Snapshot): Announcement | undefined {
  const host = kubeVipHostOf(service);
  if (host === undefined) return undefined;
  const { nodes } = topics;
  if (!nodes.observed || nodes.cutOff) return { nodes: [host] };
  const node = nodes.items.find(({ metadata }) => metadata?.name === host);
  const isReady = node?.status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'False';
  if (node && isReady) return { nodes: [host] };
  return {
    silence: {
      cause: `node ${host}, which kube-vip announces it from, ${node ? 'is not Ready' : 'does not exist'}`,
      cures: [
        node
          ? cure(command`kubectl describe node ${host}`, 'shows why it is not Ready; kube-vip elects another node then')
          : cure(command`kubectl get pods -A -o wide -l ${kubeVipSelector}`, 'shows where kube-vip runs'),
      ],
      objects: [{ kind: 'Node', namespace: '', name: host }],
      isOfLocalPolicy: false,
      isSure: false,
    },
  };
}

const kubeVipSelector = 'app.kubernetes.io/name in (kube-vip,kube-vip-ds)';
