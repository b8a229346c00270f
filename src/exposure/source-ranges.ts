import type { Service } from 'kubernetes-types/core/v1';
import { scopeOf } from './scope.ts';

/** The ranges of addresses that a load balancer lets in, and the field of the Service that they are from. */
export interface SourceRanges {
  readonly ranges: readonly string[];
  readonly field: string;
}

/** Annotations with CIDRs behind commas. Sources: cloud-provider (service/helpers), cloud-provider-azure (pkg/consts). */
export const sourceRangeAnnotations = [
  'service.beta.kubernetes.io/load-balancer-source-ranges',
  'service.beta.kubernetes.io/azure-allowed-ip-ranges',
];

/** The source ranges of a Service: the field wins over annotations. Undefined if it lets everyone in. */
export function sourceRangesOf({ metadata, spec }: Service): SourceRanges | undefined {
  const ofField = spec?.loadBalancerSourceRanges ?? [];
  if (ofField.length > 0) return open({ ranges: ofField, field: 'spec.loadBalancerSourceRanges' });
  for (const key of sourceRangeAnnotations) {
    const ranges = (metadata?.annotations?.[key] ?? '').split(',').map((each) => each.trim());
    const found = ranges.filter((each) => each !== '');
    if (found.length > 0) return open({ ranges: found, field: `annotation ${key}` });
  }
  return undefined;
}

function open(found: SourceRanges): SourceRanges | undefined {
  return found.ranges.some((range) => /^(?:0\.0\.0\.0|::)\/0$/.test(range)) ? undefined : found;
}

/** Whether no range has an address of the internet, so that a caller of a public address is outside of them. */
export function arePrivate({ ranges }: SourceRanges): boolean {
  return ranges.every((range) => scopeOf(range.split('/', 1)[0]!) === 'private');
}
