import { installMetallb } from './metallb-setup.ts';

const chooseProbedPort = `AWS's own cloud controller creates a Classic Load Balancer, which probes one port of the Service for all ports. "kubectl skyports expose NAME PORTS --mode loadbalancer --health-check PORT" chooses this port. If SkyPilot created the load balancer, see "kubectl skyports doctor --explain load-balancer-health-check".`;

/**
 * What users of a platform ask about SkyPilot's ports there, one paragraph each. Only `help platforms NAME` prints it.
 * The sources are those of the checks that say the same: load-balancer-health-check, ingress-controller-service,
 * ingress-class-exists and load-balancer-implementation.
 */
export const platformHints: Readonly<Record<string, readonly string[]>> = {
  'aws-in-tree': [chooseProbedPort],
  eks: [chooseProbedPort],
  k3s: [
    'SkyPilot\'s ingress mode needs an IngressClass nginx whose controller reads nginx.ingress.kubernetes.io annotations. Traefik reads them only with its nginx provider. "kubectl skyports doctor --mode ingress" says what is missing, and prints the commands.',
  ],
  kind: [
    'In a cluster of "sky local up" (context kind-skypilot), SkyPilot always uses ingress mode, and its URLs contain localhost. "kubectl skyports doctor --context kind-skypilot" says whether ports work there.',
  ],
  metallb: [
    [
      'On machines of your own (bare metal), nothing gives addresses to Services until you install MetalLB or another load balancer. "kubectl skyports doctor --mode loadbalancer" says whether this is so. These commands install MetalLB:',
      ...installMetallb.map(({ command, note }) => `  ${note}:\n    ${command}`),
    ].join('\n'),
  ],
  rke2: [
    'The ingress-nginx of RKE2 has no Service: it listens on ports 80 and 443 of its nodes. So SkyPilot finds no address, and "expose --mode ingress" finds none either. "kubectl skyports doctor --mode ingress" prints the command that shows the address to both: kubectl skyports annotate --signpost ADDRESS. Then "expose --mode ingress" works, too',
  ],
};
