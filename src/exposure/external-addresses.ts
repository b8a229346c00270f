import type { Service } from 'kubernetes-types/core/v1';

/** An external address of a Service, and which of its ports answers there. */
export interface ExternalAddress {
  readonly address: string;
  /** Field of the Service it was read from. */
  readonly from: 'status.loadBalancer.ingress' | 'spec.externalIPs';
}

/**
 * The external addresses of a Service, as kubectl's EXTERNAL-IP column counts them: load-balancer status first,
 * then `spec.externalIPs`. At all of them the Service's own port answers.
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
