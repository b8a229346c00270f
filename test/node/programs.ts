import { join } from 'node:path';
import { findPrograms, type Programs } from '../cluster/binaries.ts';
import { kubernetesVersion } from '../cluster/versions.ts';
import { goPrograms } from '../helpers/go-program.ts';

const here = import.meta.dirname;

/** Versions of what is not part of Kubernetes; the go.mod files beside say the same. */
export const versions = {
  metallb: 'v0.16.2',
  /** The module's version; the controller is told to call itself so. */
  ingressNginx: 'v1.11.1',
} as const;

/** Absolute paths of all programs of the node. */
export interface NodePrograms extends Programs {
  readonly kubelet: string;
  readonly 'kube-proxy': string;
  readonly 'kube-scheduler': string;
  readonly 'metallb-controller': string;
  readonly 'metallb-speaker': string;
  readonly 'nginx-ingress-controller': string;
  readonly 'wait-shutdown': string;
  readonly app: string;
}

/**
 * Builds what is missing from the Go module proxy, into the cache: some four minutes on two cores the first time.
 *
 * @param say tells what takes so long
 */
export async function nodePrograms(say: (what: string) => void): Promise<NodePrograms> {
  const stamp = (key: string, value: string) => `-X k8s.io/component-base/version.${key}=${value}`;
  const built = async (what: string, program: Parameters<typeof goPrograms>[0]) => {
    const folder = await goPrograms(program, () => say(`building ${what} (once; it can take minutes)`));
    return Object.fromEntries(Object.keys(program.packages).map((name) => [name, join(folder, name)]));
  };
  const kubernetes = await built('kubelet, kube-proxy and kube-scheduler', {
    module: join(here, 'kubernetes'),
    packages: {
      kubelet: 'k8s.io/kubernetes/cmd/kubelet',
      'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
    },
    linkerFlags: [
      stamp('gitVersion', `v${kubernetesVersion}`),
      stamp('gitMajor', kubernetesVersion.split('.')[0]!),
      stamp('gitMinor', kubernetesVersion.split('.')[1]!),
      stamp('gitTreeState', 'clean'),
    ].join(' '),
  });
  const metallb = await built(`MetalLB ${versions.metallb}`, {
    module: join(here, 'metallb'),
    packages: {
      'metallb-controller': 'go.universe.tf/metallb/controller',
      'metallb-speaker': 'go.universe.tf/metallb/speaker',
    },
  });
  const ingressNginx = await built(`ingress-nginx ${versions.ingressNginx}`, {
    module: join(here, 'ingress-nginx'),
    packages: {
      'nginx-ingress-controller': 'k8s.io/ingress-nginx/cmd/nginx',
      'wait-shutdown': 'k8s.io/ingress-nginx/cmd/waitshutdown',
    },
    linkerFlags: ['RELEASE', 'COMMIT', 'REPO']
      .map((key) => `-X k8s.io/ingress-nginx/version.${key}=${key === 'RELEASE' ? versions.ingressNginx : 'unknown'}`)
      .join(' '),
  });
  const app = await built('the app', { module: join(here, 'app'), packages: { app: '.' } });
  const cluster = await findPrograms();
  return { ...cluster, ...kubernetes, ...metallb, ...ingressNginx, ...app } as NodePrograms;
}
