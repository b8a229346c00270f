import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { chooseControllerService } from '../../exposure/controllers/controller-service.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';

/**
 * Refuses an allow-list (`--source-range`) if the controller does not see the addresses of its callers. With the policy
 * Cluster, kube-proxy replaces the caller's address by a node's. The controller then refuses allowed callers. If the
 * ranges contain the nodes, it lets every caller in. `--force` skips this check.
 *
 * @throws UsageError
 */
export function refuseHiddenCallers(view: SnapshotIndex, className: string, request: ExposeRequest): void {
  if (request.force || (request.sourceRanges ?? []).length === 0) return;
  const found = itemsOf(view.snapshot.topics.ingressClasses).find(({ metadata }) => metadata?.name === className);
  const choice = chooseControllerService(view, found, []);
  // Without a Service, the controller listens on the nodes itself, and sees the callers.
  if (choice.is === 'absent') return;
  const anyway = advice(
    'or add --force, if the controller gets the address in another way: by PROXY protocol, or by forwarded headers of a proxy that it trusts',
  );
  if (choice.is !== 'found') {
    throw new UsageError(
      'callers-unknown',
      `whether the ingress controller sees the addresses of callers is unknown: ${choice.why}`,
      [advice("name the controller's Service with --ingress-service NAMESPACE/NAME"), anyway],
    );
  }
  const { metadata, spec } = choice.service;
  if (spec?.type === 'ClusterIP' && (spec.externalIPs ?? []).length === 0) return;
  if (spec?.externalTrafficPolicy === 'Local') return;
  const patch = JSON.stringify({ spec: { externalTrafficPolicy: 'Local' } });
  throw new UsageError(
    'callers-hidden',
    `Service ${keyOf(choice.service)} of the ingress controller has externalTrafficPolicy Cluster: the controller sees addresses of nodes instead of callers, so an allow-list cannot work`,
    [
      cure(
        command`kubectl patch service ${metadata?.name ?? ''} -n ${metadata?.namespace ?? ''} --type=merge -p ${patch}`,
        'lets the controller see its callers; only nodes with a Pod of the controller then answer',
      ),
      anyway,
    ],
  );
}
