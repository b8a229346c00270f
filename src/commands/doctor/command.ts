import type { FlagValues } from '../../arguments/flag.ts';
import { exposeModes } from '../../exposure/port-mode-names.ts';
import { defineCommand } from '../command.ts';

/** The values of `-o`, with their remarks in the help. run.ts has a renderer for each value. */
const formats = {
  ...{ table: '', wide: ' (every check)', short: ' (only what is wrong)' },
  ...{ tree: ' (the objects on the path)', markdown: ' (for an issue)', html: ' (a page for the browser)' },
  ...{ json: '', yaml: '' },
} as const;

export type DoctorFormat = keyof typeof formats;
export const doctorFormats = Object.keys(formats) as readonly DoctorFormat[];

/** The values of `--fail-on`. */
export const failureSeverities = ['error', 'warning', 'never'] as const;

export const probeChoices = ['true', 'pod', 'false'] as const;

const doctorFlags = {
  'all-namespaces': {
    type: 'boolean',
    short: 'A',
    describe: 'Check all namespaces. Without SKYCLUSTER and -n, this is the default',
  },
  mode: {
    type: 'string',
    value: 'MODE',
    describe: `Check whether this mode would work: ${exposeModes.join(', ')}`,
    choices: exposeModes,
  },
  output: {
    group: 'Output',
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    describe: Object.entries(formats)
      .map(([name, remark]) => `${name}${remark}`)
      .join(', '),
    choices: doctorFormats,
  },
  only: {
    shown: 'all',
    group: 'Output',
    type: 'list',
    value: 'ID',
    describe: 'Run only this check or group of checks; may be repeated',
    completes: 'check',
  },
  skip: {
    shown: 'all',
    group: 'Output',
    type: 'list',
    value: 'ID',
    describe: 'Skip this check or group of checks; may be repeated',
    completes: 'check',
  },
  list: { group: 'Reference', type: 'boolean', describe: 'List all checks with their IDs' },
  explain: {
    group: 'Reference',
    type: 'string',
    value: 'ID',
    describe: 'Explain one check, and how to fix what it finds. --list shows the IDs',
    completes: 'one-check',
  },
  'print-role': {
    shown: 'all',
    group: 'Reference',
    type: 'boolean',
    describe: 'Print the Roles and bindings that you lack. An administrator can apply them',
  },
  save: {
    group: 'Files',
    type: 'string',
    value: 'FILE',
    describe: 'Save the data of the diagnosis to a file',
    completes: 'file',
  },
  redact: {
    group: 'Files',
    type: 'boolean',
    describe:
      'With --save, or with -o json, yaml, markdown, html or tree: replace addresses, hosts, users and annotations with placeholders. You can then post the output in a public issue',
  },
  filename: {
    group: 'Files',
    type: 'string',
    short: 'f',
    value: 'FILE',
    describe:
      'Check a saved file or the output of "kubectl get -o yaml", instead of the cluster. "-" means standard input',
    completes: 'file',
  },
  'fail-on': {
    group: 'Output',
    type: 'string',
    value: 'SEVERITY',
    describe:
      'Which findings make the exit code 3: error (only errors; the default), warning (errors and warnings), or never',
    choices: failureSeverities,
  },
  probe: {
    type: 'optional',
    value: 'WHERE',
    describe:
      'true (default): call the addresses from this machine, and read at most 256 KiB of an HTML page. pod: also look inside the head Pod. false: call nothing',
    choices: probeChoices,
  },
  wait: {
    type: 'optional',
    value: 'DURATION',
    describe: 'Repeat the checks until nothing is broken and every port is ready, for at most DURATION (default: 5m)',
  },
  fix: {
    type: 'boolean',
    describe: 'Show the changes that are safe to make, ask for confirmation, apply them, and check again',
  },
  yes: { shown: 'all', type: 'boolean', short: 'y', describe: "With --fix: don't ask for confirmation" },
  'dry-run': {
    type: 'optional',
    value: 'server',
    describe:
      'With --fix: show the changes, and make none. With --mode, "doctor" tries its writes as dry runs on the API server; --dry-run=none turns this off',
    choices: ['none', 'server'],
  },
  'ingress-service': {
    shown: 'all',
    type: 'string',
    value: 'NAMESPACE/NAME',
    describe: "Service of the ingress controller, if the plugin can't detect it",
  },
} as const;

export type DoctorFlagValues = FlagValues<typeof doctorFlags>;

/** The tests run each example. */
const doctorExamples = [
  {
    line: 'kubectl skyports doctor',
    says: 'Is anything broken? Which modes would work in this context?',
  },
  {
    line: 'kubectl skyports doctor train 8888',
    says: 'Why is port 8888 of the SkyPilot cluster "train" not reachable?',
  },
  {
    line: 'kubectl skyports doctor train 8888 --probe=pod',
    says: 'Does the app listen on this port, and at which address?',
  },
  { line: 'kubectl skyports doctor --fix --dry-run', says: 'What can be fixed automatically?' },
  {
    line: 'kubectl skyports doctor --mode loadbalancer',
    says: 'Do load balancers get addresses here? If not, what must be installed?',
  },
  {
    line: 'kubectl skyports doctor --mode ingress',
    says: 'Would ingress mode work for "sky launch --ports"? If not, what must be installed?',
  },
  {
    line: 'kubectl skyports doctor --save diagnosis.yaml --redact',
    says: 'Save the data of the diagnosis without addresses, hosts and users, for a public issue',
  },
  {
    line: 'kubectl skyports doctor -f diagnosis.yaml',
    says: 'Check a saved file, without a cluster',
  },
  {
    line: 'kubectl skyports doctor --explain ingress-external-ip',
    says: 'Show the documentation of a check, without a cluster',
  },
] as const;

export const doctorCommand = defineCommand({
  name: 'doctor',
  group: 'Find what is broken, and fix it',
  connects: true,
  operands: ['sky-cluster', 'open-port'],
  usage: '[SKYCLUSTER [PORT...]]',
  summary: 'Find out why a port cannot be reached, and which command fixes it',
  examples: doctorExamples,
  flags: doctorFlags,
});
