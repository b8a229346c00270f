import type { Service } from 'kubernetes-types/core/v1';
import { allPlatforms } from '../../src/platforms/all-platforms.ts';

/** What a load balancer makes of a Service that it has given its address. */
export interface Served {
  readonly metadata?: { readonly finalizers?: string[]; readonly labels?: object; readonly annotations?: object };
  readonly spec?: object;
  readonly status: NonNullable<Service['status']>;
  /** Where the shape is from. */
  readonly source: string;
}

const cleanup = { finalizers: ['service.kubernetes.io/load-balancer-cleanup'] };
const given = (...ingress: object[]) => ({ loadBalancer: { ingress } }) as Served['status'];
const ip = (address: string) => ({ ip: address, ipMode: 'VIP' });
const serviceController = 'https://github.com/kubernetes/cloud-provider/blob/master/controllers/service/controller.go';
const condition = (type: string, reason: string) => ({
  ...{ type, status: 'True', reason, message: '', lastTransitionTime: '2026-11-27T00:00:00Z' },
});

/** Of a cloud whose load balancers Kubernetes' service controller makes, and which adds nothing of its own. */
const byServiceController: Served = { metadata: cleanup, status: given(ip('203.0.113.80')), source: serviceController };

const served: Readonly<Record<string, Served>> = {
  gke: {
    metadata: {
      finalizers: ['gke.networking.io/l4-netlb-v2'],
      annotations: {
        'cloud.google.com/neg': '{"ingress":true}',
        'service.kubernetes.io/backend-service': 'k8s2-0a1b2c3d-default-train-0a1b2c3d',
      },
    },
    status: given(ip('203.0.113.80')),
    source: 'https://github.com/kubernetes/ingress-gce/blob/master/pkg/utils/common/finalizer.go',
  },
  digitalocean: {
    metadata: {
      ...cleanup,
      annotations: { 'kubernetes.digitalocean.com/load-balancer-id': 'dee68a43-dec6-4bc9-b84a-7cce1cd2bc59' },
    },
    status: given(ip('203.0.113.80')),
    source:
      'https://github.com/digitalocean/digitalocean-cloud-controller-manager/blob/master/docs/controllers/services/annotations.md',
  },
  linode: {
    metadata: cleanup,
    status: given({ hostname: '203-0-113-80.ip.linodeusercontent.com', ip: '203.0.113.80', ipMode: 'VIP' }),
    source: 'https://github.com/linode/linode-cloud-controller-manager/blob/main/docs/configuration/annotations.md',
  },
  // Since 1.21 of its cloud controller also the address of the private network.
  hetzner: {
    metadata: { ...cleanup, annotations: { 'load-balancer.hetzner.cloud/location': 'fsn1' } },
    status: given(ip('203.0.113.80'), ip('2001:db8::80'), ip('10.0.0.3')),
    source:
      'https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/reference/load_balancer_annotations.md',
  },
  scaleway: {
    metadata: {
      ...cleanup,
      annotations: {
        'service.beta.kubernetes.io/scw-loadbalancer-id': 'fr-par-1/3d0701a2-7cfb-440d-bed1-c93fc55ac319',
      },
      labels: { 'k8s.scaleway.com/managed-by-scaleway-cloud-controller-manager': '' },
    },
    status: given(ip('203.0.113.80')),
    source:
      'https://github.com/scaleway/scaleway-cloud-controller-manager/blob/master/docs/loadbalancer-annotations.md',
  },
  openstack: {
    metadata: {
      ...cleanup,
      annotations: {
        'loadbalancer.openstack.org/load-balancer-id': '01b9443d-6184-42c1-8d2f-430f02f287cf',
        'loadbalancer.openstack.org/load-balancer-address': '203.0.113.80',
      },
    },
    status: given(ip('203.0.113.80')),
    source: 'https://github.com/kubernetes/cloud-provider-openstack/blob/master/pkg/openstack/loadbalancer.go',
  },
  alibaba: {
    metadata: {
      finalizers: ['service.k8s.alibaba/resources'],
      labels: {
        'service.beta.kubernetes.io/hash': '73b160d328a26d99ed855f80117a95610f38768c282bc4bc5606bdc3',
        'service.k8s.alibaba/loadbalancer-id': 'lb-3nsiwzexohm9i5208ktn3',
      },
    },
    status: given(ip('203.0.113.80')),
    source: 'https://github.com/kubernetes/cloud-provider-alibaba-cloud/blob/master/pkg/controller/helper/const.go',
  },
  ibm: {
    metadata: cleanup,
    status: given({ hostname: '0271714b-us-south.lb.appdomain.cloud' }),
    source: 'https://cloud.ibm.com/docs/openshift?topic=openshift-setup_vpc_nlb',
  },
  coreweave: {
    status: given(ip('203.0.113.80')),
    source: 'https://docs.coreweave.com/products/networking/ingress-service/expose-service-dns',
  },
  'aws-in-tree': {
    metadata: cleanup,
    status: given({ hostname: 'a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5-1234567890.us-east-1.elb.amazonaws.com' }),
    source: 'https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/aws.go',
  },
  'aws-load-balancer-controller': {
    metadata: {
      finalizers: ['service.k8s.aws/resources'],
      annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing' },
    },
    // Its webhook sets the class of a new Service (2.5 and later).
    spec: { loadBalancerClass: 'service.k8s.aws/nlb' },
    status: given({ hostname: 'k8s-default-train2ea-0a1b2c3d4e-0123456789abcdef.elb.us-east-1.amazonaws.com' }),
    source: 'https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/guide/service/nlb.md',
  },
  'eks-auto-mode': {
    metadata: {
      finalizers: ['service.eks.amazonaws.com/resources'],
      annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing' },
    },
    status: given({ hostname: 'k8s-istiosys-gitopsde-959a5c9a6f-263f69aaf3630f18.elb.us-east-1.amazonaws.com' }),
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html',
  },
  metallb: {
    metadata: { annotations: { 'metallb.io/ip-allocated-from-pool': 'all' } },
    status: given(ip('203.0.113.80')),
    source: 'https://github.com/metallb/metallb/blob/main/controller/service.go, and test/e2e/metallb.test.ts',
  },
  'kube-vip': {
    metadata: {
      ...cleanup,
      labels: { implementation: 'kube-vip' },
      annotations: { 'kube-vip.io/loadbalancerIPs': '203.0.113.80', 'kube-vip.io/vipHost': 'box' },
    },
    spec: { loadBalancerIP: '203.0.113.80' },
    status: given(ip('203.0.113.80')),
    source: 'https://github.com/kube-vip/kube-vip-cloud-provider/blob/main/pkg/provider/loadBalancer.go',
  },
  servicelb: {
    metadata: cleanup,
    status: given(ip('203.0.113.11')),
    source: 'https://github.com/k3s-io/k3s/blob/main/pkg/cloudprovider/servicelb.go',
  },
  cilium: {
    status: { ...given(ip('203.0.113.80')), conditions: [condition('cilium.io/IPAMRequestSatisfied', 'satisfied')] },
    source: 'https://github.com/cilium/cilium/blob/main/operator/pkg/lbipam/lbipam.go',
  },
  tailscale: {
    metadata: { finalizers: ['tailscale.com/finalizer'] },
    spec: { loadBalancerClass: 'tailscale' },
    status: {
      ...given({ hostname: 'default-train.tail0000.ts.net' }, { ip: '100.64.0.7' }),
      conditions: [condition('TailscaleProxyReady', 'ProxyCreated')],
    },
    source: 'https://github.com/tailscale/tailscale/blob/main/cmd/k8s-operator/svc.go',
  },
  inlets: { status: given(ip('203.0.113.80')), source: 'https://github.com/inlets/inlets-operator' },
  'docker-desktop': {
    status: given({ hostname: 'localhost' }),
    source: 'https://github.com/docker/docs/issues/5690',
  },
  'minikube-tunnel': {
    status: given(ip('10.96.0.80')),
    source: 'https://github.com/kubernetes/minikube/blob/master/pkg/minikube/tunnel/loadbalancer_patcher.go',
  },
};

/** By the id of the load balancer. */
export function servedAs(id: string): Served | undefined {
  const comesWithPlatform = allPlatforms.some(({ loadBalancer }) => loadBalancer?.id === id);
  return served[id] ?? (comesWithPlatform ? byServiceController : undefined);
}

/** The Service as the load balancer leaves it. */
export function servedBy(id: string, service: Service): Service {
  const { metadata = {}, spec = {}, status } = servedAs(id)!;
  return {
    ...service,
    metadata: {
      ...service.metadata,
      ...(metadata.finalizers && { finalizers: metadata.finalizers }),
      labels: { ...service.metadata?.labels, ...metadata.labels },
      annotations: { ...service.metadata?.annotations, ...metadata.annotations },
    },
    spec: { ...service.spec, ...spec },
    status,
  };
}
