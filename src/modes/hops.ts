/** The stations of a packet from the caller to the app. Each mode passes some of them, in this order. */
export const hopNames = [
  ...(['address', 'load-balancer', 'controller', 'ingress'] as const),
  ...(['service', 'endpoint-slice', 'pod', 'app'] as const),
] as const;

export type HopName = (typeof hopNames)[number];

/** The words for hops on a screen. Kinds of Kubernetes are written as Kubernetes writes them. */
export const hopTitles: Readonly<Record<HopName, string>> = {
  address: 'address',
  'load-balancer': 'load balancer',
  controller: 'controller',
  ingress: 'Ingress',
  service: 'Service',
  'endpoint-slice': 'EndpointSlice',
  pod: 'Pod',
  app: 'app',
};
