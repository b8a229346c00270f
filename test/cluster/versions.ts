/** What the test cluster is made of. `go.mod` beside this file must name the same versions (a test compares them). */
export const kubernetesVersion = '1.37.2';
export const etcdVersion = '3.7.0';

/** The programs of the test cluster, by the name of their file. */
export const programNames = ['etcd', 'kube-apiserver', 'kubectl', 'kube-controller-manager'] as const;

export type ProgramName = (typeof programNames)[number];

/** The programs of a cluster without controllers. Upstream's envtest archives hold these. */
export const programsWithoutControllers = [
  'etcd',
  'kube-apiserver',
  'kubectl',
] as const satisfies readonly ProgramName[];

/** Where the Go module of each program has its `main` package. */
export const goPackages: Readonly<Record<ProgramName, string>> = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
};

/** The Go release that `go.mod` asks for. */
export const goVersion = '1.26';

/** `3.7.0` */
export function versionOf(name: ProgramName): string {
  return name === 'etcd' ? etcdVersion : kubernetesVersion;
}
