import type { Service } from 'kubernetes-types/core/v1';
import type { WithMetadata } from '../snapshot/object-reference.ts';
import { isHostName } from './scope.ts';

/** An external address of a Service. */
export interface ExternalAddress {
  readonly address: string;
  /** The field of the Service that contains the address. */
  readonly from: 'status.loadBalancer.ingress' | 'spec.externalIPs';
}

/**
 * The external addresses of a Service, as in kubectl's EXTERNAL-IP column: first those in the load balancer status,
 * then `spec.externalIPs`. At each of them, callers use the Service port.
 */
export function externalAddressesOf(service: Service): ExternalAddress[] {
  const addresses = new Map<string, ExternalAddress>();
  for (const { ip, hostname } of service.status?.loadBalancer?.ingress ?? []) {
    for (const address of [ip, hostname]) {
      if (address) addresses.set(address, { address, from: 'status.loadBalancer.ingress' });
    }
  }
  for (const address of service.spec?.externalIPs ?? []) {
    if (!addresses.has(address)) addresses.set(address, { address, from: 'spec.externalIPs' });
  }
  return [...addresses.values()];
}

/** Whether a Service of type LoadBalancer waits for its address. */
export function waitsForAddress(service: Service): boolean {
  return service.spec?.type === 'LoadBalancer' && externalAddressesOf(service).length === 0;
}

/**
 * The annotation with the names that external-dns publishes for a Service or an Ingress (external-dns,
 * docs/annotations).
 */
export const hostnameAnnotation = 'external-dns.alpha.kubernetes.io/hostname';

/** The first name that external-dns publishes for one of these objects; undefined if no such name can be called. */
export function publishedHostOf(...objects: readonly (WithMetadata | undefined)[]): string | undefined {
  const names = objects.flatMap((object) => (object?.metadata?.annotations?.[hostnameAnnotation] ?? '').split(','));
  return names.map((name) => name.trim().replace(/\.$/, '').toLowerCase()).find(isFullName);
}

/**
 * Whether a text is a host name that can be called. A wildcard such as `*.example.com` cannot be called. A text that
 * ends in a number is not a host name.
 */
function isFullName(name: string): boolean {
  return isHostName(name) && name.includes('.') && !/\.\d+$/.test(name);
}
