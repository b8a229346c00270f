import ipaddr from 'ipaddr.js';
import type { Service } from 'kubernetes-types/core/v1';
import { isRecord } from '../snapshot/shape.ts';
import { isCidr, isIpAddress, scopeOf } from './scope.ts';

/** The address ranges from which a load balancer accepts connections, and the field of the Service that contains them. */
export interface SourceRanges {
  readonly ranges: readonly string[];
  readonly field: string;
}

/**
 * Annotations that contain ranges. Each has a function that parses its value. Sources: cloud-provider
 * (service/helpers), cloud-provider-azure (pkg/consts),
 * https://docs.digitalocean.com/products/kubernetes/how-to/configure-load-balancers/, linode-cloud-controller-manager
 * (docs/configuration/firewall.md).
 */
const annotations: Readonly<Record<string, (value: string) => readonly string[]>> = {
  'service.beta.kubernetes.io/load-balancer-source-ranges': separated,
  'service.beta.kubernetes.io/azure-allowed-ip-ranges': separated,
  // Example: ip:203.0.113.4,cidr:198.51.100.0/24
  'service.beta.kubernetes.io/do-loadbalancer-allow-rules': (value) =>
    separated(value).map((each) => each.replace(/^(?:ip|cidr):/, '')),
  // Example: {"allowList":{"ipv4":["198.51.100.0/24"]}}
  'service.beta.kubernetes.io/linode-loadbalancer-firewall-acl': allowList,
};

export const sourceRangeAnnotations: readonly string[] = Object.keys(annotations);

/**
 * Annotations that name a firewall outside the Kubernetes cluster. Its rules are not known here. Sources:
 * aws-load-balancer-controller (docs/guide/service/annotations.md), linode-cloud-controller-manager
 * (docs/configuration/firewall.md).
 */
const firewallAnnotations = [
  'service.beta.kubernetes.io/aws-load-balancer-security-groups',
  'service.beta.kubernetes.io/linode-loadbalancer-firewall-id',
] as const;

/**
 * Annotations that admit only callers of a list that has a name. Sources: cloud-provider-azure (pkg/consts),
 * aws-load-balancer-controller (docs/guide/service/annotations.md).
 */
const namedListAnnotations = [
  'service.beta.kubernetes.io/azure-allowed-service-tags',
  'service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists',
] as const;

/** Whether an annotation of a Service names a firewall whose rules are not known. */
export function namesFirewall({ metadata }: Service): boolean {
  return firewallAnnotations.some((key) => metadata?.annotations?.[key]);
}

/** Whether the load balancer admits only some addresses: those of its source ranges, or of a list that has a name. */
export function admitsOnlySome(service: Service): boolean {
  const { annotations: own } = service.metadata ?? {};
  return sourceRangesOf(service) !== undefined || namedListAnnotations.some((key) => own?.[key]);
}

/**
 * The source ranges of a Service; undefined if every address may connect. If both the field and an annotation are set,
 * the field counts. Cilium can take the ranges for those that may not connect (Cilium, pkg/annotation).
 */
export function sourceRangesOf({ metadata, spec }: Service): SourceRanges | undefined {
  if (metadata?.annotations?.['service.cilium.io/src-ranges-policy']?.toLowerCase() === 'deny') return undefined;
  const ofField = spec?.loadBalancerSourceRanges ?? [];
  if (ofField.length > 0) return open({ ranges: ofField, field: 'spec.loadBalancerSourceRanges' });
  for (const [key, rangesIn] of Object.entries(annotations)) {
    const found = rangesIn(metadata?.annotations?.[key] ?? '');
    if (found.length > 0) return open({ ranges: found, field: `annotation ${key}` });
  }
  return undefined;
}

function separated(value: string): string[] {
  return value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function allowList(value: string): string[] {
  if (value === '') return [];
  try {
    const acl: unknown = JSON.parse(value);
    const list = isRecord(acl) && isRecord(acl.allowList) ? acl.allowList : {};
    return [list.ipv4, list.ipv6].flat().filter((each) => typeof each === 'string');
  } catch {
    return [];
  }
}

function open(found: SourceRanges): SourceRanges | undefined {
  return found.ranges.some((range) => /^(?:0\.0\.0\.0|::)\/0$/.test(range)) ? undefined : found;
}

/** Whether all ranges are private. If so, no public address may connect. */
export function arePrivate({ ranges }: SourceRanges): boolean {
  return ranges.every((range) => scopeOf(range.split('/', 1)[0]!) === 'private');
}

/** Whether one of the ranges contains an address. */
export function letsIn({ ranges }: SourceRanges, address: string): boolean {
  if (!isIpAddress(address)) return false;
  const caller = ipaddr.process(address);
  return ranges.some((range) => {
    const cidr = range.includes('/') ? range : rangeOf(range);
    if (!isCidr(cidr)) return false;
    const [network, bits] = ipaddr.parseCIDR(cidr);
    return network.kind() === caller.kind() && caller.match(network, bits);
  });
}

/** The range that contains only this address: `203.0.113.4/32`. */
export function rangeOf(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
