import type { WithMetadata } from '../snapshot/object-reference.ts';

/**
 * An annotation that enables PROXY protocol headers. The load balancer then begins each connection with such a header.
 */
export interface ProxyProtocolAnnotation {
  readonly key: string;
  readonly value: string;
}

/** A kind of annotation that enables PROXY protocol headers. The first sign that matches a key counts. */
interface Sign {
  readonly key: RegExp;
  /** The values that enable the headers. */
  readonly on: RegExp;
  readonly source: string;
}

const anyButOff = /^(?!(?:|false|none|off|no|0|disabled?)$)/i;

/**
 * The signs for the PROXY protocol of load balancers (haproxy.org/download/3.0/doc/proxy-protocol.txt). The last sign
 * matches every key with certain words: Hetzner `load-balancer.hetzner.cloud/uses-proxyprotocol`, DigitalOcean
 * `do-loadbalancer-enable-proxy-protocol`, AWS `aws-load-balancer-proxy-protocol`, Scaleway
 * `scw-loadbalancer-proxy-protocol-v1` and `-v2`, OVH `loadbalancer.openstack.org/proxy-protocol` and
 * `loadbalancer.ovhcloud.com/…`, Linode `linode-loadbalancer-default-proxy-protocol`, Vultr, Civo, Alibaba.
 */
const signs: readonly Sign[] = [
  {
    // This annotation only affects connections through Azure's Private Link Service. Other connections of the load
    // balancer get no header.
    key: /azure-pls-proxy-protocol$/,
    on: /^(?!)/,
    source: 'cloud-provider-azure pkg/consts/consts.go',
  },
  {
    key: /aws-load-balancer-target-group-attributes$/,
    on: /(?:^|,)\s*proxy_protocol_v2\.enabled=true/,
    source:
      'https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/guide/service/annotations.md',
  },
  {
    key: /linode-loadbalancer-port-\d+$/,
    on: /"proxy-protocol"\s*:\s*"v\d/,
    source: 'linode/linode-cloud-controller-manager docs/configuration/annotations.md',
  },
  {
    key: /ibm-load-balancer-cloud-provider-enable-features$/,
    on: /(?:^|,)\s*proxy-protocol/,
    source: 'https://cloud.ibm.com/docs/containers?topic=containers-loadbalancer-v2#ipvs_lb_annotations',
  },
  {
    key: /oracle.*is-ppv2-enabled$/,
    on: /^true$/i,
    source: 'oracle/oci-cloud-controller-manager docs/load-balancer-annotations.md',
  },
  {
    key: /proxy-?protocol/i,
    on: anyButOff,
    source:
      'hetznercloud/hcloud-cloud-controller-manager internal/annotation/load_balancer.go; digitalocean-cloud-controller-manager docs/controllers/services/annotations.md; cloud-provider-aws docs/service_controller.md; scaleway-cloud-controller-manager docs/loadbalancer-annotations.md; cloud-provider-openstack docs/openstack-cloud-controller-manager',
  },
];

/** The annotation of a Service that enables PROXY protocol headers; undefined if no annotation does. */
export function proxyProtocolOf({ metadata }: WithMetadata): ProxyProtocolAnnotation | undefined {
  for (const [key, value] of Object.entries(metadata?.annotations ?? {})) {
    const sign = signs.find((each) => each.key.test(key));
    if (sign?.on.test(value.trim())) return { key, value };
  }
  return undefined;
}

/** The part of an annotation's value that enables PROXY protocol headers; undefined if the value does not enable them. */
export function proxyProtocolPart(key: string, value: string): string | undefined {
  const [part] = signs.find((each) => each.key.test(key))?.on.exec(value.trim()) ?? [];
  return part === '' ? 'true' : part;
}

/** Annotations that make a load balancer terminate TLS. An ingress controller behind it then receives plain HTTP. */
const tlsEnds: readonly RegExp[] = [
  // cloud-provider-aws and aws-load-balancer-controller
  /aws-load-balancer-ssl-cert$/,
  // digitalocean-cloud-controller-manager
  /do-loadbalancer-(?:certificate-id|tls-ports|certificate-name)$/,
  // hcloud-cloud-controller-manager
  /^load-balancer\.hetzner\.cloud\/(?:http-certificates|http-managed-certificate-name)$/,
  // scaleway-cloud-controller-manager
  /scw-loadbalancer-certificate-ids$/,
  // oci-cloud-controller-manager
  /oci-load-balancer-(?:ssl-ports|tls-secret)$/,
  // alibaba-cloud-provider
  /alibaba-cloud-loadbalancer-cert-id$/,
];

/** The annotation that makes a Service's load balancer terminate TLS; undefined if no annotation does. */
export function tlsEndOf({ metadata }: WithMetadata): string | undefined {
  return Object.keys(metadata?.annotations ?? {}).find((key) => tlsEnds.some((each) => each.test(key)));
}
