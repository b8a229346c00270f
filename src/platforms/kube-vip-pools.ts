/** A pool of kube-vip-cloud-provider. */
export interface KubeVipPool {
  /** The key of ConfigMap kube-system/kubevip without `cidr-` or `range-`: a namespace, or `global`. */
  readonly name: string;
  readonly addresses: string;
}

/**
 * The pool of a namespace, and all that there are. A CIDR counts before a range, even the global one before the
 * namespace's own range.
 *
 * @param data of the ConfigMap: `cidr-NAMESPACE`, `cidr-global`, `range-NAMESPACE`, `range-global`
 * (https://github.com/kube-vip/kube-vip-cloud-provider, pkg/provider/loadBalancer.go: discoverPool)
 */
export function kubeVipPools(
  data: Readonly<Record<string, string>>,
  namespace: string,
): { readonly own: KubeVipPool | undefined; readonly all: readonly KubeVipPool[] } {
  const all = Object.entries(data).flatMap(([key, addresses]) => {
    const name = /^(?:cidr|range)-(.+)$/.exec(key)?.[1];
    return name ? [{ name, addresses }] : [];
  });
  const order = ['cidr', 'range'].flatMap((kind) =>
    [namespace, 'global'].map((name) => ({ key: `${kind}-${name}`, name })),
  );
  const first = order.find(({ key }) => data[key] !== undefined);
  return { own: first && { name: first.name, addresses: data[first.key]! }, all };
}
