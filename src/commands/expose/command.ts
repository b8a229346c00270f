import { appNames } from '../../apps/names.ts';
import { eitherOf, type FlagValues } from '../../arguments/flag.ts';
import { rewrites } from '../../exposure/plan/expose-request.ts';
import { exposeModes } from '../../exposure/port-mode-names.ts';
import { loadBalancerSchemes, platformIds } from '../../platforms/ids.ts';
import { defineCommand } from '../command.ts';
import { endpointFormats } from '../endpoints/command.ts';
import { dryRunFlag, manifestFormats } from '../flags/dry-run.ts';

/** The values of `spec.externalTrafficPolicy` of a Service. */
export const trafficPolicies = ['Cluster', 'Local'] as const;

/** The values of `--probe` for this command. */
const exposeProbes = ['pod', 'false'] as const;

const exposeFlags = {
  mode: {
    type: 'string',
    value: 'MODE',
    describe: `${eitherOf(exposeModes)}; default: the mode that SkyPilot would use`,
    choices: exposeModes,
  },
  'all-nodes': { type: 'boolean', describe: 'Send traffic to all Pods of the SkyPilot cluster, not only to the head' },
  annotation: {
    type: 'list',
    value: 'KEY=VALUE',
    describe: 'Set an annotation on the created objects; KEY- removes it; may be repeated',
  },
  label: {
    type: 'list',
    value: 'KEY=VALUE',
    describe: 'Set a label on the created objects; KEY- removes it; may be repeated',
  },
  'load-balancer-class': {
    group: 'Load balancer',
    type: 'string',
    value: 'CLASS',
    describe: 'loadBalancerClass of the Service; cannot be changed later',
  },
  scheme: {
    group: 'Load balancer',
    type: 'string',
    value: 'SCHEME',
    describe: 'Who can reach the load balancer: internal, public, or default (the platform decides)',
    choices: loadBalancerSchemes,
  },
  platform: {
    group: 'Load balancer',
    type: 'string',
    value: 'NAME',
    describe:
      "Platform or load balancer, if it can't be detected. Used only together with --scheme, --address-pool, --static-ip, --health-check, --probe=pod or --no-node-ports",
    choices: platformIds,
  },
  'address-pool': {
    group: 'Load balancer',
    type: 'string',
    value: 'POOL',
    describe: 'Pool to take the address from (MetalLB, Cilium, kube-vip)',
  },
  'static-ip': {
    group: 'Load balancer',
    type: 'string',
    value: 'IP',
    describe: 'Address to request, if the load balancer supports that',
  },
  'external-traffic-policy': {
    group: 'Load balancer',
    type: 'string',
    value: 'POLICY',
    describe:
      "Cluster or Local. With Local, the app sees the caller's address, but only nodes with a Pod of the app answer",
    choices: trafficPolicies,
  },
  'no-node-ports': {
    group: 'Load balancer',
    type: 'boolean',
    describe: 'Create the Service without nodePorts (only MetalLB, Cilium, kube-vip)',
  },
  'health-check': {
    group: 'Load balancer',
    type: 'string',
    value: 'PORT|none',
    describe:
      'The load balancer checks this port, and the result counts for all ports. Default: the first port that you name, if the load balancer has only one check for all ports. none: do not choose a port',
  },
  probe: {
    group: 'Load balancer',
    type: 'optional',
    value: 'WHERE',
    needsValue: true,
    describe:
      'pod: look inside the head Pod, find the first port that the app listens on, and use this port for --health-check',
    choices: exposeProbes,
  },
  'source-range': {
    group: 'Load balancer',
    type: 'list',
    value: 'CIDR',
    describe: 'Only allow callers from this range (mode loadbalancer); may be repeated',
  },
  'ingress-class': {
    group: 'Ingress',
    type: 'string',
    value: 'NAME',
    describe: 'IngressClass of the Ingress; default: nginx',
    completes: 'ingress-class',
  },
  path: {
    group: 'Ingress',
    type: 'string',
    value: 'PREFIX',
    describe: 'Path that leads to the port; default: /skyports/NAMESPACE/CLUSTER/PORT',
  },
  rewrite: {
    group: 'Ingress',
    type: 'string',
    value: 'strip|keep',
    describe: 'Whether the app sees the path without its prefix (strip) or the whole path (keep)',
    choices: rewrites,
  },
  app: {
    type: 'string',
    value: 'APP',
    describe:
      'The app on the port: choose what suits it, and print the command that starts it so that it works at its URL. "kubectl skyports help apps" lists the apps',
    choices: appNames,
  },
  host: {
    group: 'Ingress',
    type: 'string',
    value: 'NAME',
    describe:
      "Host name for the port; without --path, every path of this host leads to it. A pattern such as '{port}-{cluster}.example.com' gives each port its own host. A pattern can also contain {namespace}, and {address}: the address of the ingress controller",
  },
  'tls-secret': { group: 'Ingress', type: 'string', value: 'NAME', describe: 'Secret with the certificate for --host' },
  'ingress-service': {
    group: 'Ingress',
    type: 'string',
    value: 'NAMESPACE/NAME',
    describe: "The ingress controller's Service, if it can't be detected",
  },
  wait: {
    group: 'Output',
    type: 'optional',
    value: 'DURATION',
    describe: 'Wait until the URLs answer, 60s at most; exit 3 if they do not; 0 disables waiting',
  },
  'print-sky-config': {
    group: 'Output',
    type: 'boolean',
    describe: 'Print the SkyPilot configuration that does the same for new SkyPilot clusters, and write nothing',
  },
  'dry-run': dryRunFlag,
  'allow-reserved': {
    type: 'boolean',
    describe: "Also open ports of SSH, Ray and SkyPilot's own servers, where a caller can run code in the Pod",
  },
  'beside-skypilot': {
    type: 'boolean',
    describe: 'If SkyPilot has already opened the port, open it a second time with a separate object',
  },
  force: { type: 'boolean', describe: 'Open ports even if a check says that they will not be reachable' },
  'force-conflicts': { type: 'boolean', describe: 'Take over fields that other field managers own' },
  output: {
    group: 'Output',
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    describe: `${endpointFormats.join(', ')}, jsonpath=TEMPLATE; with --dry-run: ${eitherOf(manifestFormats)}`,
    choices: [...endpointFormats, 'jsonpath='],
  },
  'no-headers': { group: 'Output', type: 'boolean', describe: "Don't print the table's headers" },
} as const;

export type ExposeFlagValues = FlagValues<typeof exposeFlags>;

/** The tests run each example. */
const exposeExamples = [
  {
    line: 'kubectl skyports expose train 8888',
    says: 'Open port 8888 of train the way SkyPilot would, and print its URL',
  },
  {
    line: 'kubectl skyports expose train 80:8888 9000-9005',
    says: 'Callers use port 80 for port 8888 of the app; also open a range of ports',
  },
  {
    line: 'kubectl skyports expose train 8888 --mode ingress --rewrite keep',
    says: 'Through ingress-nginx; the app sees the whole path',
  },
  { line: 'kubectl skyports expose train 9100 --dry-run=client -o yaml', says: 'Show the manifest and write nothing' },
] as const;

export const exposeCommand = defineCommand({
  name: 'expose',
  group: 'See and open ports',
  connects: true,
  operands: ['sky-cluster', 'port'],
  usage: 'SKYCLUSTER PORT...',
  summary: 'Open ports of a running SkyPilot cluster, and print their URLs',
  examples: exposeExamples,
  flags: exposeFlags,
});
