import { eitherOf, type FlagValues } from '../../arguments/flag.ts';
import { rewrites } from '../../exposure/plan/expose-request.ts';
import { exposeModes } from '../../exposure/port-mode-names.ts';
import { loadBalancerSchemes, platformIds } from '../../platforms/ids.ts';
import { defineCommand } from '../command.ts';
import { endpointFormats } from '../endpoints/command.ts';
import { dryRunFlag, manifestFormats } from '../flags/dry-run.ts';

/** `spec.externalTrafficPolicy` of a Service. */
export const trafficPolicies = ['Cluster', 'Local'] as const;

/** The values of `--probe` for this command. */
const exposeProbes = ['pod', 'false'] as const;

/** The flags of `expose`. */
const exposeFlags = {
  mode: {
    type: 'string',
    value: 'MODE',
    describe: `${eitherOf(exposeModes)}; default: as SkyPilot would`,
    choices: exposeModes,
  },
  'all-nodes': { type: 'boolean', describe: 'Send traffic to all nodes of the cluster, not only to its head' },
  annotation: {
    type: 'list',
    value: 'KEY=VALUE',
    describe: 'Annotate what is created; KEY- removes one; may be repeated',
  },
  label: { type: 'list', value: 'KEY=VALUE', describe: 'Label what is created; KEY- removes one; may be repeated' },
  'load-balancer-class': {
    group: 'Load balancer',
    type: 'string',
    value: 'CLASS',
    describe: 'loadBalancerClass of the Service; only when it is created',
  },
  scheme: {
    group: 'Load balancer',
    type: 'string',
    value: 'SCHEME',
    describe: 'internal, public, or default (the default of the platform)',
    choices: loadBalancerSchemes,
  },
  platform: {
    group: 'Load balancer',
    type: 'string',
    value: 'NAME',
    describe: "With --scheme, --address-pool, --static-ip: what gives the address, if it can't be detected",
    choices: platformIds,
  },
  'address-pool': {
    group: 'Load balancer',
    type: 'string',
    value: 'POOL',
    describe: 'The pool that the address is taken from (MetalLB, Cilium, kube-vip)',
  },
  'static-ip': {
    group: 'Load balancer',
    type: 'string',
    value: 'IP',
    describe: 'The address to ask for, if the load balancer supports that',
  },
  'external-traffic-policy': {
    group: 'Load balancer',
    type: 'string',
    value: 'POLICY',
    describe: "Cluster, or Local: keeps the caller's address, and only nodes with a Pod answer",
    choices: trafficPolicies,
  },
  'no-node-ports': {
    group: 'Load balancer',
    type: 'boolean',
    describe: 'Make the Service without nodePorts, if the load balancer needs none',
  },
  'health-check': {
    group: 'Load balancer',
    type: 'string',
    value: 'PORT|none',
    describe: "Port used for the load balancer's single health check (default: the first port; none: leave as is)",
  },
  probe: {
    group: 'Load balancer',
    type: 'optional',
    value: 'WHERE',
    describe: 'pod: use the first port that the app is listening on for the health check',
    choices: exposeProbes,
  },
  'source-range': {
    group: 'Load balancer',
    type: 'list',
    value: 'CIDR',
    describe: 'Only let these addresses in (loadbalancer); may be repeated',
  },
  'ingress-class': {
    group: 'Ingress',
    type: 'string',
    value: 'NAME',
    describe: 'IngressClass of the Ingress (nginx)',
    completes: 'ingress-class',
  },
  path: {
    group: 'Ingress',
    type: 'string',
    value: 'PREFIX',
    describe: 'Path that leads to the port (/skyports/NAMESPACE/CLUSTER/PORT)',
  },
  rewrite: {
    group: 'Ingress',
    type: 'string',
    value: 'strip|keep',
    describe: 'Whether the app sees the path without its prefix (strip) or the whole path (keep)',
    choices: rewrites,
  },
  host: {
    group: 'Ingress',
    type: 'string',
    value: 'NAME',
    describe:
      "Host name that leads to the port; without --path, all of its paths. '{port}-{cluster}.example.com' names a host for each port; also {namespace}, {address}",
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
    describe: 'Wait until the URLs answer (60s); exit 3 if they do not; 0 disables waiting',
  },
  'print-sky-config': {
    group: 'Output',
    type: 'boolean',
    describe: 'Print the SkyPilot configuration that does the same for new SkyPilot clusters, and write nothing',
  },
  'dry-run': dryRunFlag,
  'allow-reserved': {
    type: 'boolean',
    describe: "Open ports of SSH, Ray and SkyPilot's own servers, too: a caller can run code in the Pod",
  },
  'beside-skypilot': {
    type: 'boolean',
    describe: "Open ports a second time that SkyPilot has opened already, with an object beside SkyPilot's",
  },
  force: { type: 'boolean', describe: 'Open ports although a check says that they will not be reachable' },
  'force-conflicts': { type: 'boolean', describe: 'Take over fields that other field managers own' },
  output: {
    group: 'Output',
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    describe: `${endpointFormats.join(', ')}, jsonpath=TEMPLATE; with --dry-run ${manifestFormats.join(', ')}`,
    choices: [...endpointFormats, 'jsonpath='],
  },
  'no-headers': { group: 'Output', type: 'boolean', describe: "Don't print the table's headers" },
} as const;

export type ExposeFlagValues = FlagValues<typeof exposeFlags>;

/** The tests run each example. */
const exposeExamples = [
  {
    line: 'kubectl skyports expose train 8888',
    says: 'Open port 8888 of train as SkyPilot would, and print where it answers',
  },
  { line: 'kubectl skyports expose train 80:8888 9000-9005', says: 'Callers use port 80; and a range of ports' },
  {
    line: 'kubectl skyports expose train 8888 --mode ingress --rewrite keep',
    says: 'Through ingress-nginx; the app sees the whole path',
  },
  { line: 'kubectl skyports expose train 9100 --dry-run=client -o yaml', says: 'Show the manifest, write nothing' },
] as const;

export const exposeCommand = defineCommand({
  name: 'expose',
  group: 'See and open ports',
  connects: true,
  words: ['sky-cluster', 'port'],
  usage: 'SKYCLUSTER PORT...',
  summary: 'Make ports of a SkyPilot cluster reachable from outside, and print where they answer',
  examples: exposeExamples,
  flags: exposeFlags,
});
