import type { Node, Service } from 'kubernetes-types/core/v1';
import { type Snapshot, snapshotOf } from '../../src/snapshot/snapshot.ts';
import type { CiliumPool } from '../../src/snapshot/topics.ts';
import { forbidden, seen } from '../helpers/look.ts';

/** A cluster as its platform makes it, as far as that tells where it runs. */
export interface PlatformCluster {
  readonly platforms: readonly string[];
  /** What gives addresses, installed first. */
  readonly loadBalancers: readonly string[];
  /** What the detection has to rest on. */
  readonly reason: RegExp;
  readonly snapshot: Snapshot;
}

interface Shape {
  readonly nodes?: readonly Node[];
  readonly gitVersion?: string;
  readonly groups?: readonly string[];
  readonly services?: readonly Service[];
  readonly pods?: readonly Record<string, string>[];
  readonly ciliumPools?: readonly CiliumPool[];
  readonly serviceLbPods?: readonly string[];
  readonly context?: string;
  readonly server?: string;
}

type Labels = Record<string, string>;
const node = (name: string, providerID: string | undefined, labels: Labels = {}, more: Partial<Node> = {}): Node => ({
  metadata: {
    name,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels },
    ...more.metadata,
  },
  spec: { ...(providerID && { providerID }) },
  status: { nodeInfo: { osImage: 'Ubuntu 24.04 LTS' } as never, ...more.status },
});

const service = (name: string, metadata: object, spec: object = {}): Service => ({
  metadata: { name, namespace: 'default', ...metadata },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
});

/** What every API server serves. */
const builtIn = ['apps', 'batch', 'networking.k8s.io', 'discovery.k8s.io', 'rbac.authorization.k8s.io'];

function cluster(
  platforms: readonly string[],
  loadBalancers: readonly string[],
  reason: RegExp,
  {
    nodes,
    gitVersion = 'v1.34.1',
    groups = [],
    services = [],
    pods = [],
    ciliumPools,
    serviceLbPods,
    context = 'prod',
    server = '10.0.0.1',
  }: Shape,
): PlatformCluster {
  const loadBalancerPods = pods.map((labels, at) => ({
    metadata: { name: `lb-${at}`, namespace: 'kube-system', labels },
  }));
  const snapshot = snapshotOf(
    { context, server, namespace: null, takenAt: '2026-11-27T00:00:00Z' },
    {
      nodes: nodes ? seen(nodes) : forbidden('nodes'),
      serverVersion: seen([{ gitVersion }]),
      apiGroups: seen([...builtIn, ...groups].map((name) => ({ name }))),
      services: seen(services),
      loadBalancerPods: seen(loadBalancerPods),
      ...(ciliumPools && { ciliumPools: seen(ciliumPools) }),
      ...(serviceLbPods && {
        serviceLbPods: seen(serviceLbPods.map((name) => ({ metadata: { name, namespace: 'kube-system' } }))),
      }),
    },
  );
  return { platforms, loadBalancers, reason, snapshot };
}

const ec2 = 'aws:///us-east-1a/i-0123456789abcdef0';
const hostname = (value: string) => ({ metadata: { annotations: { [value.split('=')[0]!]: value.split('=')[1]! } } });

/**
 * Shapes by the platforms' own sources (src/platforms, `sources` of each): the form of providerID, the labels that the
 * platform's own components set, the version's suffix, the API groups of its custom resources.
 */
export const platformClusters: Readonly<Record<string, PlatformCluster>> = {
  GKE: cluster(['gke'], ['gke'], /node gke-ml-pool-1a2b has providerID gce:\/\/acme\//, {
    nodes: [
      node('gke-ml-pool-1a2b', 'gce://acme/us-central1-c/gke-ml-pool-1a2b', {
        'cloud.google.com/gke-nodepool': 'pool',
      }),
    ],
    gitVersion: 'v1.34.1-gke.1829001',
    groups: ['networking.gke.io', 'cloud.google.com'],
  }),
  'GKE, told by a Service of its': cluster(['gke'], ['gke'], /has finalizer gke\.networking\.io\/l4-netlb-v2/, {
    services: [service('train', { finalizers: ['gke.networking.io/l4-netlb-v2'] })],
  }),
  'DigitalOcean, told by a Service of its': cluster(
    ['digitalocean'],
    ['digitalocean'],
    /kubernetes\.digitalocean\.com\/load-balancer-id/,
    {
      services: [service('train', { annotations: { 'kubernetes.digitalocean.com/load-balancer-id': 'dee68a43' } })],
    },
  ),
  'Alibaba Cloud, told by a Service of its': cluster(
    ['alibaba'],
    ['alibaba'],
    /has finalizer service\.k8s\.alibaba\/resources/,
    {
      services: [service('train', { finalizers: ['service.k8s.alibaba/resources'] })],
    },
  ),
  'GKE without the right to see nodes': cluster(['gke'], ['gke'], /the API server is version v1\.34\.1-gke/, {
    gitVersion: 'v1.34.1-gke.1829001',
    context: 'gke_acme_us-central1-c_ml',
  }),
  EKS: cluster(['eks'], ['aws-in-tree'], /has providerID aws:\/\/\/us-east-1a/, {
    nodes: [node('ip-10-0-1-23.ec2.internal', ec2, { 'eks.amazonaws.com/nodegroup': 'gpu' })],
    gitVersion: 'v1.33.5-eks-113cf36',
    groups: ['vpcresources.k8s.aws', 'crd.k8s.amazonaws.com'],
  }),
  'EKS with the AWS Load Balancer Controller': cluster(
    ['eks'],
    ['aws-load-balancer-controller', 'aws-in-tree'],
    /the API server serves elbv2\.k8s\.aws/,
    {
      nodes: [node('ip-10-0-1-23.ec2.internal', ec2, { 'eks.amazonaws.com/nodegroup': 'gpu' })],
      gitVersion: 'v1.33.5-eks-113cf36',
      groups: ['elbv2.k8s.aws', 'vpcresources.k8s.aws'],
      pods: [{ 'app.kubernetes.io/name': 'aws-load-balancer-controller' }],
    },
  ),
  'EKS that the AWS Load Balancer Controller has left': cluster(['eks'], ['aws-in-tree'], /has providerID aws:/, {
    nodes: [node('ip-10-0-1-23.ec2.internal', ec2, { 'eks.amazonaws.com/nodegroup': 'gpu' })],
    groups: ['elbv2.k8s.aws'],
  }),
  'EKS Auto Mode': cluster(['eks'], ['eks-auto-mode', 'aws-in-tree'], /compute-type=auto/, {
    nodes: [node('i-0123456789abcdef0', ec2, { 'eks.amazonaws.com/compute-type': 'auto' })],
    gitVersion: 'v1.33.5-eks-113cf36',
    groups: ['eks.amazonaws.com', 'karpenter.sh'],
  }),
  'EKS by its server alone': cluster(
    ['eks'],
    ['aws-in-tree'],
    /the API server is ABC\.gr7\.us-east-1\.eks\.amazonaws\.com/,
    {
      server: 'ABC.gr7.us-east-1.eks.amazonaws.com',
    },
  ),
  'EKS with MetalLB': cluster(['eks'], ['metallb', 'aws-in-tree'], /the API server serves metallb\.io/, {
    nodes: [node('ip-10-0-1-23.ec2.internal', ec2)],
    gitVersion: 'v1.33.5-eks-113cf36',
    groups: ['metallb.io'],
  }),
  AKS: cluster(['aks'], ['aks'], /has providerID azure:\/\/\//, {
    nodes: [
      node(
        'aks-nodepool1-12345678-vmss000000',
        'azure:///subscriptions/0/resourceGroups/mc/providers/Microsoft.Compute/virtualMachineScaleSets/aks/virtualMachines/0',
        { 'kubernetes.azure.com/cluster': 'MC_ml' },
      ),
    ],
  }),
  OKE: cluster(['oke'], ['oke'], /has providerID ocid1\.instance\./, {
    nodes: [node('10.0.10.2', 'ocid1.instance.oc1.iad.abc', { 'oci.oraclecloud.com/fault-domain': 'FAULT-DOMAIN-1' })],
  }),
  DigitalOcean: cluster(['digitalocean'], ['digitalocean'], /digitalocean:\/\/1234/, {
    nodes: [node('pool-abc', 'digitalocean://123456789')],
  }),
  Linode: cluster(['linode'], ['linode'], /linode:\/\/1234/, { nodes: [node('lke1-2-3', 'linode://12345678')] }),
  Hetzner: cluster(['hetzner'], ['hetzner'], /hcloud:\/\/1234/, { nodes: [node('worker-1', 'hcloud://12345678')] }),
  'Hetzner, a machine of its own': cluster(['hetzner'], ['hetzner'], /hrobot:\/\/1/, {
    nodes: [node('bare-1', 'hrobot://1234567')],
  }),
  Scaleway: cluster(['scaleway'], ['scaleway'], /scaleway:\/\/instance/, {
    nodes: [node('scw-1', 'scaleway://instance/fr-par-1/00000000-0000-0000-0000-000000000000')],
  }),
  OpenStack: cluster(['openstack'], ['openstack'], /openstack:\/\/\//, {
    nodes: [node('node-1', 'openstack:///00000000-0000-0000-0000-000000000000')],
  }),
  'Alibaba Cloud': cluster(['alibaba'], ['alibaba'], /cn-hangzhou\.i-bp1/, {
    nodes: [node('cn-hangzhou.10.0.0.1', 'cn-hangzhou.i-bp1abcdef')],
    gitVersion: 'v1.34.1-aliyun.1',
  }),
  'IBM Cloud': cluster(['ibm'], ['ibm'], /ibm:\/\/0123/, { nodes: [node('10.0.0.5', 'ibm://0123///c/w')] }),
  Nebius: cluster(['nebius'], ['nebius'], /nebius:\/\//, {
    nodes: [node('computeinstance-1', 'nebius://computeinstance-1')],
  }),
  CoreWeave: cluster(['coreweave'], ['coreweave'], /has label node\.coreweave\.cloud\/class=gpu/, {
    nodes: [node('g1a2b3', undefined, { 'node.coreweave.cloud/class': 'gpu' })],
  }),
  OpenShift: cluster(['openshift'], [], /the API server serves route\.openshift\.io/, {
    nodes: [node('worker-0', 'baremetalhost:///openshift-machine-api/worker-0')],
    groups: ['route.openshift.io', 'apps.openshift.io', 'config.openshift.io'],
  }),
  'OpenShift on AWS': cluster(['eks', 'openshift'], ['aws-in-tree'], /has providerID aws/, {
    nodes: [node('ip-10-0-1-23.ec2.internal', ec2)],
    groups: ['route.openshift.io'],
  }),
  K3s: cluster(['k3s'], ['servicelb'], /has providerID k3s:\/\/server-1/, {
    nodes: [node('server-1', 'k3s://server-1', { 'node.kubernetes.io/instance-type': 'k3s' })],
    gitVersion: 'v1.34.1+k3s1',
    groups: ['k3s.cattle.io', 'helm.cattle.io'],
  }),
  'K3s with MetalLB': cluster(['k3s'], ['metallb', 'servicelb'], /metallb\.io/, {
    nodes: [node('server-1', 'k3s://server-1')],
    gitVersion: 'v1.34.1+k3s1',
    groups: ['metallb.io'],
  }),
  'ServiceLB on chosen nodes': cluster(['k3s'], ['servicelb'], /enablelb=true/, {
    nodes: [node('server-1', 'k3s://server-1', { 'svccontroller.k3s.cattle.io/enablelb': 'true' })],
    gitVersion: 'v1.34.1+k3s1',
  }),
  RKE2: cluster(['rke2'], [], /has providerID rke2:\/\//, {
    nodes: [node('server-1', 'rke2://server-1', {}, hostname('rke2.io/node-args=[]'))],
    gitVersion: 'v1.34.1+rke2r1',
  }),
  'RKE2 with ServiceLB': cluster(
    ['rke2'],
    ['servicelb'],
    /Pod kube-system\/svclb-train-1a2b3c4d-x7k2p is of ServiceLB/,
    {
      nodes: [node('server-1', 'rke2://server-1')],
      gitVersion: 'v1.34.1+rke2r1',
      serviceLbPods: ['svclb-train-1a2b3c4d-x7k2p'],
    },
  ),
  kind: cluster(['kind'], [], /kind:\/\/docker\/kind/, {
    nodes: [node('kind-control-plane', 'kind://docker/kind/kind-control-plane')],
    context: 'kind-kind',
  }),
  'k3d by its context alone': cluster(['k3s'], ['servicelb'], /the context is k3d-ml/, { context: 'k3d-ml' }),
  'Rancher Desktop by its context alone': cluster(['k3s'], ['servicelb'], /the context is rancher-desktop/, {
    context: 'rancher-desktop',
  }),
  'kind by its context alone': cluster(['kind'], [], /the context is kind-ml/, { context: 'kind-ml' }),
  minikube: cluster(['minikube'], ['minikube-tunnel'], /minikube\.k8s\.io\/version=/, {
    nodes: [node('minikube', undefined, { 'minikube.k8s.io/version': 'v1.37.0' })],
  }),
  MicroK8s: cluster(['microk8s'], [], /microk8s\.io\/cluster=true/, {
    nodes: [node('box', undefined, { 'microk8s.io/cluster': 'true' })],
  }),
  k0s: cluster(['k0s'], [], /node\.k0sproject\.io\/role=control-plane/, {
    nodes: [node('box', undefined, { 'node.k0sproject.io/role': 'control-plane' })],
    gitVersion: 'v1.34.1+k0s',
  }),
  'Docker Desktop': cluster(['docker-desktop'], ['docker-desktop'], /node docker-desktop runs Docker Desktop/, {
    nodes: [node('docker-desktop', undefined, {}, { status: { nodeInfo: { osImage: 'Docker Desktop' } as never } })],
  }),
  'bare metal': cluster([], [], /^$/, { nodes: [node('box', undefined)] }),
  'bare metal with MetalLB': cluster([], ['metallb'], /the API server serves metallb\.io/, {
    nodes: [node('box', undefined)],
    groups: ['metallb.io'],
  }),
  'bare metal with kube-vip': cluster([], ['kube-vip'], /Pod kube-system\/lb-0 is of kube-vip-ds/, {
    nodes: [node('box', undefined)],
    pods: [{ 'app.kubernetes.io/name': 'kube-vip-ds' }],
  }),
  'kube-vip, told by what it announces': cluster([], ['kube-vip'], /kube-vip\.io\/vipHost=box/, {
    nodes: [node('box', undefined)],
    services: [service('train', { annotations: { 'kube-vip.io/vipHost': 'box' } })],
  }),
  'bare metal with Cilium': cluster([], ['cilium'], /has loadBalancerClass io\.cilium\/l2-announcer/, {
    nodes: [node('box', undefined)],
    groups: ['cilium.io'],
    services: [service('train', {}, { loadBalancerClass: 'io.cilium/l2-announcer' })],
  }),
  'Cilium, told by its pool': cluster([], ['cilium'], /CiliumLoadBalancerIPPool blue exists/, {
    nodes: [node('box', undefined)],
    groups: ['cilium.io'],
    ciliumPools: [{ metadata: { name: 'blue' }, spec: { serviceSelector: { matchLabels: { color: 'blue' } } } }],
  }),
  'Cilium, told by what it says of a Service': cluster(
    [],
    ['cilium'],
    /has condition cilium\.io\/IPAMRequestSatisfied/,
    {
      nodes: [node('box', undefined)],
      groups: ['cilium.io'],
      services: [
        {
          ...service('train', {}),
          status: {
            conditions: [
              {
                type: 'cilium.io/IPAMRequestSatisfied',
                status: 'True',
                reason: 'satisfied',
                message: '',
                lastTransitionTime: '',
              },
            ],
          },
        },
      ],
    },
  ),
  'Cilium as the network alone': cluster([], [], /^$/, {
    nodes: [node('box', undefined)],
    groups: ['cilium.io'],
    ciliumPools: [],
  }),
  'K3s with Tailscale': cluster(['k3s'], ['tailscale', 'servicelb'], /the API server serves tailscale.com/, {
    nodes: [node('box', 'k3s://box')],
    groups: ['tailscale.com'],
  }),
  'inlets on a laptop': cluster(['kind'], ['inlets'], /is of inlets-operator/, {
    nodes: [node('kind-control-plane', 'kind://docker/kind/kind-control-plane')],
    pods: [{ 'app.kubernetes.io/name': 'inlets-operator' }],
  }),
};
