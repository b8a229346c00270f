/** What `--scheme` takes. */
export const loadBalancerSchemes = ['internal', 'public', 'default'] as const;
export type SchemeOption = (typeof loadBalancerSchemes)[number];

/** Ids of all platforms and load balancers. A separate list, so that help and completion don't load the platforms. */
export const platformIds = [
  ...['gke', 'eks', 'aks', 'oke', 'digitalocean', 'linode', 'hetzner', 'scaleway', 'openstack', 'alibaba', 'ibm'],
  ...['nebius', 'coreweave', 'openshift', 'k3s', 'rke2', 'kind', 'minikube', 'microk8s', 'k0s', 'docker-desktop'],
  ...[
    'aws-load-balancer-controller',
    'eks-auto-mode',
    'metallb',
    'kube-vip',
    'servicelb',
    'cilium',
    'inlets',
    'tailscale',
  ],
  ...['cloud-provider-kind', 'minikube-tunnel', 'aws-in-tree'],
] as const;
