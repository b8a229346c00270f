import type { Service } from 'kubernetes-types/core/v1';
import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { chooseControllerService } from '../../exposure/controllers/controller-service.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { proxyProtocolOf, tlsEndOf } from '../../platforms/proxy-protocol.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';

/**
 * Refuses an allow-list (`--source-range`) if the controller does not see the addresses of its callers. With the policy
 * Cluster, kube-proxy replaces the caller's address by a node's. A load balancer that opens connections of its own shows
 * its own address. The controller then refuses allowed callers. If the ranges contain the other address, it lets every
 * caller in. With the PROXY protocol, the controller sees its callers. `--force` skips this check.
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
  if (proxyProtocolOf(choice.service)) return;
  const proxy = ownConnectionsOf(choice.service);
  if (proxy !== undefined) {
    throw new UsageError(
      'callers-hidden',
      `the load balancer of Service ${keyOf(choice.service)} opens connections of its own (${proxy}): the controller sees its address instead of callers, so an allow-list cannot work`,
      [advice('turn on the PROXY protocol, at the load balancer and at the controller'), anyway],
    );
  }
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

/**
 * Why the load balancer of a Service opens connections of its own; undefined if this is not known. A load balancer that
 * ends TLS does, and so does a Classic Load Balancer of AWS (docs.aws.amazon.com/elasticloadbalancing/latest/classic:
 * enable-proxy-protocol). Its name is NAME.REGION.elb.amazonaws.com, that of a Network Load Balancer
 * NAME.elb.REGION.amazonaws.com.
 */
function ownConnectionsOf(service: Service): string | undefined {
  const key = tlsEndOf(service);
  if (key !== undefined) return `it ends TLS: ${key}`;
  const hosts = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ hostname }) => hostname ?? []);
  const classic = hosts.find((host) => /^[^.]+\.[a-z0-9-]+\.elb\.amazonaws\.com(?:\.cn)?$/i.test(host));
  return classic && `${classic} is a Classic Load Balancer`;
}
