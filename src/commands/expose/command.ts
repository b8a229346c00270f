import { appNames } from '../../apps/names.ts';
import { eitherOf, type FlagValues } from '../../arguments/flag.ts';
import { rewrites } from '../../exposure/plan/expose-request.ts';
import { exposeModes } from '../../exposure/port-mode-names.ts';
import { loadBalancerSchemes, platformIds } from '../../platforms/ids.ts';
import { defineCommand } from '../command.ts';
import { endpointFormats } from '../endpoints/command.ts';
import { dryRunFlag, manifestFormats } from '../flags/dry-run.ts';
import { forFlag } from './for-flag.ts';

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
  filename: {
    type: 'string',
    short: 'f',
    value: 'FILE',
    describe: "Open the ports in a SkyPilot task's YAML (resources.ports), instead of PORT; - reads standard input",
    completes: 'file',
  },
  'all-nodes': { type: 'boolean', describe: 'Send traffic to all Pods of the SkyPilot cluster, not only to the head' },
  annotation: {
    type: 'list',
    value: 'KEY=VALUE',
    describe: 'Set an annotation on the created objects, or remove it (KEY-); may be repeated',
  },
  label: {
    type: 'list',
    value: 'KEY=VALUE',
    describe: 'Set a label on the created objects, or remove it (KEY-); may be repeated',
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
      "Name of the platform or load balancer, if the plugin can't detect it. Used only together with --scheme, --address-pool, --static-ip, --health-check, --probe=pod or --no-node-ports",
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
    describe: 'Request this address, if the load balancer supports it',
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
      'Port for the health check of the load balancer; the result counts for all ports. Default: the first port that you name, if the load balancer has only one health check for all ports. none: do not choose a port',
  },
  probe: {
    group: 'Load balancer',
    type: 'optional',
    value: 'WHERE',
    needsValue: true,
    describe:
      'pod: look inside the head Pod. With PORT or -f, find the first of these ports that the app listens on, and use this port for --health-check. Without PORT and -f, also propose the ports that an app listens on',
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
    describe: 'The path that the app gets: without the prefix (strip), or the whole path (keep)',
    choices: rewrites,
  },
  app: {
    type: 'string',
    value: 'APP',
    describe:
      'Name of the app on the port. Choose the options that suit this app, and print the command that starts the app for its URL. "kubectl skyports help apps" lists the apps',
    choices: appNames,
  },
  host: {
    group: 'Ingress',
    type: 'string',
    value: 'NAME',
    describe:
      "Host name for the port. Without --path, every path of this host leads to the port. A pattern such as '{port}-{cluster}.example.com' gives each port its own host name. A pattern can also contain {namespace}, and {address} for the address of the ingress controller",
  },
  'tls-secret': { group: 'Ingress', type: 'string', value: 'NAME', describe: 'Secret with the certificate for --host' },
  'ingress-service': {
    group: 'Ingress',
    type: 'string',
    value: 'NAMESPACE/NAME',
    describe: "Service of the ingress controller, if the plugin can't detect it",
  },
  wait: {
    group: 'Output',
    type: 'optional',
    value: 'DURATION',
    describe:
      'Wait until the URLs answer, for at most DURATION (default: 60s; 0: do not wait). If a URL does not answer, exit with code 3',
  },
  for: forFlag,
  'print-sky-config': {
    group: 'Output',
    type: 'boolean',
    describe:
      'Print the SkyPilot configuration that opens ports of new SkyPilot clusters in the same way. Write nothing',
  },
  'dry-run': dryRunFlag,
  'allow-reserved': {
    type: 'boolean',
    describe:
      "Also open ports of SSH, Ray and SkyPilot's own servers. Through these ports, a caller can run code in the Pod",
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
    says: 'Open port 8888 of the app as port 80, and also open the ports 9000 to 9005',
  },
  {
    line: 'kubectl skyports expose train 8888 --mode ingress --rewrite keep',
    says: 'Open the port through ingress-nginx; the app gets the whole path',
  },
  { line: 'kubectl skyports expose train -f task.yaml', says: "Open the ports in the task's YAML" },
  {
    line: 'kubectl skyports expose train 8888 --for 2h',
    says: 'Open the port for two hours; Ctrl-C closes it earlier',
  },
  { line: 'kubectl skyports expose train 9100 --dry-run=client -o yaml', says: 'Show the manifest and write nothing' },
] as const;

export const exposeCommand = defineCommand({
  name: 'expose',
  group: 'See and open ports',
  connects: true,
  operands: ['sky-cluster', 'port'],
  usage: 'SKYCLUSTER [PORT...]',
  summary: 'Open ports of a running SkyPilot cluster, and print their URLs',
  examples: exposeExamples,
  flags: exposeFlags,
});
