/**
 * The pools of kube-vip-cloud-provider: by namespace, `global` for all that have none of their own, with their addresses.
 * Where a namespace has both, `cidr-` counts.
 *
 * @param data of ConfigMap kube-system/kubevip: `cidr-NAMESPACE`, `range-NAMESPACE`
 * (https://github.com/kube-vip/kube-vip-cloud-provider, README and pkg/provider/loadBalancer.go)
 */
export function kubeVipPools(data: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const pools = new Map<string, string>();
  for (const prefix of ['range-', 'cidr-']) {
    for (const [key, addresses] of Object.entries(data)) {
      if (key.startsWith(prefix)) pools.set(key.slice(prefix.length), addresses);
    }
  }
  return pools;
}
