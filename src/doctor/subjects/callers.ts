import type { Service } from 'kubernetes-types/core/v1';
import { externalAddressesOf } from '../../exposure/external-addresses.ts';
import { scopeOf } from '../../exposure/scope.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { arePrivate, letsIn, type SourceRanges, sourceRangesOf } from '../../exposure/source-ranges.ts';
import type { AddressProbe } from '../../snapshot/probe.ts';
import { itemsOf } from '../../snapshot/topics.ts';

/**
 * Adds `isLetIn` to each call of a load balancer with source ranges. `isLetIn` is true if one of the ranges contains
 * the caller's address.
 */
export function withCallers(
  probes: readonly AddressProbe[],
  { snapshot: { topics } }: Pick<SnapshotIndex, 'snapshot'>,
): AddressProbe[] {
  const services: readonly Service[] = [
    topics.services,
    topics.controllerServices,
    topics.ingressNginxServices,
    topics.namedControllerServices,
  ].flatMap(itemsOf);
  return probes.map((probe) => {
    const { from, address } = probe;
    if (from === undefined) return probe;
    const service = services.find((each) => externalAddressesOf(each).some((external) => external.address === address));
    const ranges = service && sourceRangesOf(service);
    return ranges ? { ...probe, isLetIn: letsIn(ranges, from) } : probe;
  });
}

/**
 * Annotations that name rules outside of the Kubernetes cluster. Sources: aws-load-balancer-controller
 * (docs/guide/service), cloud-provider-azure (pkg/consts), linode-cloud-controller-manager
 * (docs/configuration/firewall.md), cloud-provider-alibaba-cloud (docs/usage.md).
 */
const rulesElsewhere =
  /^service\.beta\.kubernetes\.io\/(?:aws-load-balancer-security-group(?:s|-prefix-lists)|azure-allowed-service-tags|linode-loadbalancer-firewall-id|alibaba-cloud-loadbalancer-acl-id)$/;

/**
 * Describes rules outside of the Kubernetes cluster, such as a security group. They may decide who can call a load
 * balancer. Undefined if no annotation names such rules.
 */
export function ruledElsewhere({ metadata }: Service): string | undefined {
  const [key, value] = Object.entries(metadata?.annotations ?? {}).find(([each]) => rulesElsewhere.test(each)) ?? [];
  return (
    key && `its annotation ${key} (${value}) names rules that are not in the cluster and may leave this machine out`
  );
}

/** Whether a load balancer with source ranges admits this machine. */
export type Admission =
  /** `let-in`: one of the ranges contains the address of this machine. `left-out`: none of them contains it. */
  | { readonly kind: 'let-in' | 'left-out'; readonly from: string }
  /** The ranges only contain private addresses, but the address of the load balancer is public. */
  | { readonly kind: 'private-ranges' }
  /** This machine is behind NAT, so it does not know its own public address. */
  | { readonly kind: 'behind-nat'; readonly from: string }
  | { readonly kind: 'unknown' };

/**
 * Whether the source ranges admit this machine. The function uses only addresses that the machine itself knows, and
 * asks no service on the internet.
 */
export function admissionOf(probe: AddressProbe, ranges: SourceRanges): Admission {
  const { from, isLetIn, address, names } = probe;
  const called = [address, ...(names.find(({ name }) => name === address)?.addresses ?? [])];
  const isPublic = called.some((each) => scopeOf(each) === 'public');
  if (isPublic && arePrivate(ranges)) return { kind: 'private-ranges' };
  if (from === undefined || isLetIn === undefined) return { kind: 'unknown' };
  if (isPublic && scopeOf(from) === 'private') return { kind: 'behind-nat', from };
  return { kind: isLetIn ? 'let-in' : 'left-out', from };
}
