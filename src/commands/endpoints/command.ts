import { eitherOf, type FlagValues } from '../../arguments/flag.ts';
import { accessValues } from '../../exposure/access.ts';
import { endpointStates } from '../../exposure/endpoint-state.ts';
import { portModes } from '../../exposure/port-mode-names.ts';
import { defineCommand } from '../command.ts';

/**
 * The values of `-o` with their remarks in the help, except `jsonpath=TEMPLATE`. print.ts has a renderer for each
 * value.
 */
const formats = {
  ...{ table: '', wide: '', tree: ' (the objects on the path)' },
  ...{ json: '', yaml: '', name: '', url: '' },
  sky: ' (the output of "sky status --endpoints")',
} as const;

export type EndpointFormatName = keyof typeof formats;

export const endpointFormats = Object.keys(formats) as readonly EndpointFormatName[];

/** The formats with their remarks, as the help lists them. */
const describedFormats = Object.entries(formats)
  .map(([name, remark]) => `${name}${remark}`)
  .join(', ');

/** The values of `--scope`. The scope of a host name is unknown, as that of a port without an address. */
export const scopeValues = ['public', 'private', 'local', 'cluster', 'unknown'] as const;

const endpointFlags = {
  'all-namespaces': { type: 'boolean', short: 'A', describe: 'Look in all namespaces' },
  'all-contexts': {
    type: 'boolean',
    describe:
      'Look in every context that SkyPilot uses (kubernetes.allowed_contexts in its configuration). If none is set, look in every context of the kubeconfig',
  },
  selector: {
    type: 'string',
    short: 'l',
    value: 'SELECTOR',
    describe: 'Show only SkyPilot clusters whose Pods have these labels',
  },
  port: {
    type: 'list',
    value: 'PORT',
    describe:
      'Show only these Service ports, such as 8888 or 8000-8010. With --mode podip, these are ports of the Pods',
    completes: 'open-port',
  },
  mode: {
    type: 'string',
    value: 'MODE',
    describe: `Show only ports of this mode: ${eitherOf(portModes)}`,
    choices: portModes,
  },
  scope: {
    type: 'list',
    value: 'SCOPE',
    describe: `Show only ports whose address has this scope: ${eitherOf(scopeValues)}. Separate several with commas`,
    choices: scopeValues,
  },
  access: {
    type: 'list',
    value: 'ACCESS',
    describe: `Show only ports that ask callers for this: ${eitherOf(accessValues)}. Separate several with commas`,
    choices: accessValues,
  },
  state: {
    type: 'list',
    value: 'STATE',
    describe: `Show only ports in this state: ${eitherOf(endpointStates)}. Separate several with commas`,
    choices: endpointStates,
  },
  output: {
    group: 'Output',
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    describe: `${describedFormats}, jsonpath=TEMPLATE`,
    choices: [...endpointFormats, 'jsonpath='],
  },
  'no-headers': { shown: 'all', group: 'Output', type: 'boolean', describe: "Don't print the table's headers" },
  watch: { group: 'Output', type: 'boolean', short: 'w', describe: 'List the ports, then watch for changes' },
  wait: {
    group: 'Output',
    type: 'optional',
    value: 'DURATION',
    describe:
      'Wait until every listed URL answers, for at most DURATION (default: 5m). If a URL does not answer, exit with code 3',
  },
  check: { group: 'Output', type: 'boolean', describe: 'Call each URL, and show the answer' },
  open: {
    group: 'Output',
    type: 'boolean',
    describe: 'Open the URL in the browser. There must be exactly one URL',
  },
  'ingress-service': {
    shown: 'all',
    type: 'string',
    value: 'NAMESPACE/NAME',
    describe: "Service of the ingress controller, if the plugin can't detect it",
  },
} as const;

export type EndpointFlagValues = FlagValues<typeof endpointFlags>;

/** The tests run each example. */
const endpointExamples = [
  { line: 'kubectl skyports endpoints', says: 'All ports of all SkyPilot clusters in this namespace' },
  {
    line: 'kubectl skyports endpoints -A -o wide',
    says: 'All ports in all namespaces, with the URLs that SkyPilot would print',
  },
  {
    line: 'kubectl skyports endpoints train --wait',
    says: 'Wait until every port of the SkyPilot cluster "train" answers',
  },
  {
    line: 'kubectl skyports endpoints -A --scope public --access none',
    says: 'Public ports where nothing before the app asks who is calling',
  },
  { line: 'kubectl skyports endpoints train 8888 -o url', says: 'Only the URL, for a script' },
  { line: 'kubectl skyports endpoints --check', says: 'Call each URL, and show the answer' },
  { line: 'kubectl skyports endpoints -w', says: 'List the ports, and print each change until Ctrl-C' },
  {
    line: 'kubectl skyports endpoints -l skypilot-user=ME',
    says: 'Only the SkyPilot clusters that the user ME launched',
  },
  {
    line: `kubectl skyports endpoints -o jsonpath='{range .items[*]}{.skyCluster} {.url}{"\\n"}{end}'`,
    says: 'One line per port, with the fields that a script needs',
  },
  {
    line: 'kubectl skyports endpoints --all-contexts -A --state Pending,Broken',
    says: 'What does not work, in all Kubernetes clusters?',
  },
] as const;

export const endpointsCommand = defineCommand({
  name: 'endpoints',
  aliases: ['ls', 'ep'],
  group: 'See and open ports',
  connects: true,
  operands: ['sky-cluster'],
  usage: '[SKYCLUSTER...] [PORT...]',
  summary: 'List the ports of SkyPilot clusters, their URLs, and why a port does not work',
  examples: endpointExamples,
  flags: endpointFlags,
});
