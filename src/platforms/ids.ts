/** The values that `--scheme` accepts. */
export const loadBalancerSchemes = ['internal', 'public', 'default'] as const;
export type SchemeOption = (typeof loadBalancerSchemes)[number];

/**
 * The ids of all platforms and load balancers. They are a separate list, so that help and completion do not load the
 * platforms.
 */
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
