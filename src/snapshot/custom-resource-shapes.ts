import { condition, labelSelector, metadata } from './meta-shapes.ts';
import type { Shape } from './shape.ts';

/** metallb.io/v1beta1, IPAddressPool. */
export const addressPool: Shape = { metadata, spec: { addresses: ['text'] } };

/** metallb.io/v1beta1, L2Advertisement and BGPAdvertisement. */
export const advertisement: Shape = {
  metadata,
  spec: { ipAddressPools: ['text'], ipAddressPoolSelectors: ['any'] },
};

/** cilium.io/v2, CiliumLoadBalancerIPPool. */
export const ciliumPool: Shape = {
  metadata,
  spec: { disabled: 'boolean', serviceSelector: labelSelector },
  status: { conditions: [condition] },
};
