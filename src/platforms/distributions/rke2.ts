import { advice } from '../../errors/cure.ts';
import { matcher, type Platform } from '../platform.ts';

export const rke2: Platform = {
  id: 'rke2',
  serviceLbProgram: 'rke2',
  title: 'RKE2',
  matchers: [
    matcher('providerID', /^rke2:\/\//),
    matcher('nodeAnnotation', /^rke2\.io\//),
    matcher('version', /\+rke2r/),
  ],
  loadBalancer: null,
  ingress: {
    brings:
      'RKE2 brings ingress-nginx, or Traefik on clusters made with 1.36 or newer, unless its servers run with ingress-controller: none',
    cures: [
      advice(
        'write "ingress-controller: traefik" into /etc/rancher/rke2/config.yaml of every server and restart rke2-server: Traefik is maintained, and its nginx provider reads these annotations',
      ),
    ],
  },
  setupHint: 'RKE2 has no load balancer of its own unless its servers run with --enable-servicelb',
  takesMetallb: true,
  sources: [
    'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
    'https://docs.rke2.io/reference/ingress_migration',
  ],
  unverified: [],
};
