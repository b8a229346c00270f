import { appNames } from '../../apps/names.ts';
import { eitherOf, type FlagValues } from '../../arguments/flag.ts';
import { rewrites, usualAuthUser } from '../../exposure/plan/expose-request.ts';
import { exposeModes } from '../../exposure/port-mode-names.ts';
import { loadBalancerSchemes, platformIds } from '../../platforms/ids.ts';
import { defineCommand } from '../command.ts';
import { endpointFormats } from '../endpoints/command.ts';
import { dryRunFlag, manifestFormats } from '../flags/dry-run.ts';
import { authKinds } from './auth-kinds.ts';
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
    shown: 'all',
    type: 'string',
    short: 'f',
    value: 'FILE',
    describe:
      'Open the ports that a SkyPilot task lists in this YAML file (resources.ports). Leave out PORT. "-" means standard input',
    completes: 'file',
  },
  'all-nodes': {
    shown: 'all',
    type: 'boolean',
    describe: 'Send traffic to all Pods of the SkyPilot cluster, not only to the head',
  },
  annotation: {
    shown: 'all',
    type: 'list',
    value: 'KEY=VALUE',
    describe:
      'Set this annotation on the created objects. "KEY-" (with a hyphen at the end) removes one. May be repeated',
  },
  label: {
    shown: 'all',
    type: 'list',
    value: 'KEY=VALUE',
    describe: 'Set this label on the created objects. "KEY-" (with a hyphen at the end) removes one. May be repeated',
  },
  'load-balancer-class': {
    shown: 'all',
    group: 'Load balancer',
    type: 'string',
    value: 'CLASS',
    describe: 'loadBalancerClass of the Service. It cannot be changed later',
  },
  scheme: {
    group: 'Load balancer',
    type: 'string',
    value: 'SCHEME',
    describe: 'Who can reach the load balancer: internal, public, or default (the platform decides)',
    choices: loadBalancerSchemes,
  },
  platform: {
    shown: 'all',
    group: 'Load balancer',
    type: 'string',
    value: 'NAME',
    describe:
      "Name of the platform or load balancer, if the plugin can't detect it. Has an effect only with --scheme, --address-pool, --static-ip, --health-check, --probe=pod or --no-node-ports",
    choices: platformIds,
  },
  'address-pool': {
    shown: 'all',
    group: 'Load balancer',
    type: 'string',
    value: 'POOL',
    describe: 'Pool to take the address from (MetalLB, Cilium, kube-vip)',
  },
  'static-ip': {
    shown: 'all',
    group: 'Load balancer',
    type: 'string',
    value: 'IP',
    describe: 'Request this address, if the load balancer supports it',
  },
  'external-traffic-policy': {
    shown: 'all',
    group: 'Load balancer',
    type: 'string',
    value: 'POLICY',
    describe:
      "Cluster or Local. With Local, the app sees the caller's address, but only nodes with a Pod of the app answer",
    choices: trafficPolicies,
  },
  'no-node-ports': {
    shown: 'all',
    group: 'Load balancer',
    type: 'boolean',
    describe: 'Create the Service without nodePorts (only MetalLB, Cilium, kube-vip)',
  },
  'health-check': {
    group: 'Load balancer',
    type: 'string',
    value: 'PORT|none',
    describe:
      'The port that the load balancer checks. Some load balancers check one port for all ports, for example on EKS. Without this flag, they check the first port that you name. none: choose no port',
  },
  probe: {
    shown: 'all',
    group: 'Load balancer',
    type: 'optional',
    value: 'WHERE',
    needsValue: true,
    describe:
      'pod: look inside the head Pod for ports that an app listens on. If you name no port, these ports are proposed, too. If you name ports (PORT or -f), the first of them that an app listens on is used for --health-check',
    choices: exposeProbes,
  },
  'source-range': {
    group: 'Access',
    type: 'list',
    value: 'CIDR',
    describe: 'Allow only callers from this range of addresses (modes loadbalancer and ingress); may be repeated',
  },
  auth: {
    group: 'Access',
    type: 'string',
    value: 'basic|none',
    describe:
      'basic: callers need a user name and a password (mode ingress; controllers that read nginx annotations). A random password is made and shown once. A later call keeps it. none: remove the password',
    choices: authKinds,
  },
  'auth-user': {
    shown: 'all',
    group: 'Access',
    type: 'string',
    value: 'NAME',
    describe: `User name for --auth basic; default: ${usualAuthUser}. Another name gets a new password`,
  },
  'auth-password-stdin': {
    shown: 'all',
    group: 'Access',
    type: 'boolean',
    describe: 'Read the password for --auth basic from standard input, instead of making one',
  },
  'auth-secret': {
    shown: 'all',
    group: 'Access',
    type: 'string',
    value: 'NAME',
    describe: 'Secret with users and passwords for --auth basic: its key auth contains lines of htpasswd',
  },
  'allow-plain-http': {
    shown: 'all',
    group: 'Access',
    type: 'boolean',
    describe: 'Let callers send the password over http, where anyone on the way can read it',
  },
  'ingress-class': {
    shown: 'all',
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
    describe: 'strip: the app gets the path without PREFIX. keep: the app gets the whole path',
    choices: rewrites,
  },
  app: {
    type: 'string',
    value: 'APP',
    describe:
      'Name of the app on the port. "expose" chooses the options that suit this app, and prints the command that starts the app. "kubectl skyports help apps" lists the apps',
    choices: appNames,
  },
  host: {
    group: 'Ingress',
    type: 'string',
    value: 'NAME',
    describe:
      "Host name for the port. Without --path, every path of this host leads to the port. A pattern such as '{port}-{cluster}.example.com' gives each port its own host name. Other placeholders are {namespace}, and {address} (the address of the ingress controller). '{port}-{cluster}.{address}.sslip.io' needs no DNS entry, but sslip.io is a public DNS service, and its operator learns the name",
  },
  'tls-secret': {
    shown: 'all',
    group: 'Ingress',
    type: 'string',
    value: 'NAME',
    describe: 'Secret with the certificate for --host',
  },
  'tls-issuer': {
    shown: 'all',
    group: 'Ingress',
    type: 'string',
    value: 'NAME',
    describe: "cert-manager's Issuer that issues the certificate for --host. An empty NAME removes it",
  },
  'tls-cluster-issuer': {
    shown: 'all',
    group: 'Ingress',
    type: 'string',
    value: 'NAME',
    describe: "cert-manager's ClusterIssuer that issues the certificate for --host",
  },
  'ingress-service': {
    shown: 'all',
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
    shown: 'all',
    group: 'Output',
    type: 'boolean',
    describe:
      'Print the settings of this command (mode, labels and annotations) as SkyPilot configuration, for new SkyPilot clusters. Open no port',
  },
  'dry-run': dryRunFlag,
  'allow-reserved': {
    shown: 'all',
    type: 'boolean',
    describe:
      "Also open ports of SSH, Ray and SkyPilot's own servers. Through these ports, a caller can run code in the Pod",
  },
  'beside-skypilot': {
    shown: 'all',
    type: 'boolean',
    describe: 'If SkyPilot has already opened the port, open it a second time with a separate object',
  },
  force: { shown: 'all', type: 'boolean', describe: 'Open ports even if a check says that they will not be reachable' },
  'force-conflicts': { shown: 'all', type: 'boolean', describe: 'Take over fields that other field managers own' },
  yes: { shown: 'all', type: 'boolean', short: 'y', describe: "Don't ask before a public port loses its password" },
  output: {
    group: 'Output',
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    describe: `${endpointFormats.join(', ')}, jsonpath=TEMPLATE; with --dry-run: ${eitherOf(manifestFormats)}`,
    choices: [...endpointFormats, 'jsonpath='],
  },
  'no-headers': { shown: 'all', group: 'Output', type: 'boolean', describe: "Don't print the table's headers" },
} as const;

export type ExposeFlagValues = FlagValues<typeof exposeFlags>;

/** The tests run each example. */
const exposeExamples = [
  {
    line: 'kubectl skyports expose train 8888',
    says: 'Open port 8888 of the SkyPilot cluster "train" in the mode that SkyPilot would use, and print the URL',
  },
  {
    line: 'kubectl skyports expose train 80:8888 9000-9005',
    says: 'Open port 8888 of the app as port 80. Also open the ports 9000 to 9005',
  },
  {
    line: 'kubectl skyports expose train 8888 --mode ingress --rewrite keep',
    says: 'Open the port through ingress-nginx. The app gets the whole path',
  },
  {
    line: 'kubectl skyports expose train -f task.yaml',
    says: 'Open the ports that the YAML file of the SkyPilot task lists',
  },
  {
    line: 'kubectl skyports expose train 7001-7005 --mode loadbalancer --health-check 7002',
    says: 'Open five ports behind a load balancer that checks the health of port 7002',
  },
  {
    line: 'kubectl skyports expose train 8888 --mode loadbalancer --scheme internal',
    says: "Open the port inside the cloud's network only",
  },
  {
    line: 'kubectl skyports expose train 8888 --mode ingress --app jupyter',
    says: 'Open Jupyter through the ingress controller, so that its page is not white or 404',
  },
  {
    line: 'kubectl skyports expose train 8888 --for 2h',
    says: 'Open the port for two hours. Ctrl-C closes it earlier',
  },
  {
    line: 'kubectl skyports expose train 8888 --mode ingress --auth basic --allow-plain-http',
    says: 'Open the port for callers with a password, and show the password once. Prefer --host and --tls-secret to --allow-plain-http',
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
