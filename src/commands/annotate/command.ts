import type { FlagValues } from '../../arguments/flag.ts';
import { defineCommand } from '../command.ts';
import { dryRunFlag, manifestFormats } from '../flags/dry-run.ts';

const annotateFlags = {
  node: { type: 'string', value: 'NAME', describe: "Use this node's address instead of ADDRESS", completes: 'node' },
  yes: {
    type: 'boolean',
    short: 'y',
    describe: "Don't ask for confirmation. Without ADDRESS, use the first address that the plugin proposes",
  },
  remove: { type: 'boolean', describe: 'Remove the annotation skypilot.co/external-ip' },
  show: { type: 'boolean', describe: 'Print the annotation, and the URL that SkyPilot prints with this annotation' },
  'ingress-service': {
    shown: 'all',
    type: 'string',
    value: 'NAMESPACE/NAME',
    describe: 'Service of the ingress controller; default: ingress-nginx/ingress-nginx-controller',
  },
  force: {
    shown: 'all',
    type: 'boolean',
    describe: 'Set the annotation even if SkyPilot will ignore it, or if users probably cannot reach ADDRESS',
  },
  signpost: {
    group: 'Signpost',
    type: 'string',
    value: 'ADDRESS',
    describe:
      'If the Service ingress-nginx/ingress-nginx-controller does not exist, as on RKE2: create a placeholder Service with this name (a signpost). SkyPilot then prints ADDRESS',
  },
  'ingress-class': {
    shown: 'all',
    group: 'Signpost',
    type: 'string',
    value: 'NAME',
    describe: 'With --signpost: the IngressClass of the real controller, if there are several IngressClasses',
    completes: 'ingress-class',
  },
  'remove-signpost': {
    shown: 'all',
    group: 'Signpost',
    type: 'boolean',
    describe: 'Delete the objects that --signpost created',
  },
  'dry-run': dryRunFlag,
  output: {
    shown: 'all',
    group: 'Output',
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    describe: 'With --dry-run: json, yaml or name',
    choices: manifestFormats,
  },
} as const;

export type AnnotateFlagValues = FlagValues<typeof annotateFlags>;

/** The tests run each example. */
export const annotateExamples = [
  {
    line: 'kubectl skyports annotate 203.0.113.7',
    says: "Use this address in SkyPilot's URLs, if the controller's Service has none",
  },
  { line: 'kubectl skyports annotate -y', says: 'Use the address of the first Ready node, without asking' },
  { line: 'kubectl skyports annotate --show', says: 'Show the annotation that contains the address' },
  {
    line: 'kubectl skyports annotate --remove',
    says: 'Remove the annotation. SkyPilot then looks for the address itself',
  },
  {
    line: 'kubectl skyports annotate --signpost gpu.example.com',
    says: 'Tell SkyPilot the address of an ingress controller that it cannot find, as on RKE2',
  },
] as const;

export const annotateCommand = defineCommand({
  name: 'annotate',
  group: 'Find what is broken, and fix it',
  connects: true,
  operands: ['node-address'],
  usage: '[ADDRESS]',
  summary: 'Tell SkyPilot the address of the ingress controller',
  examples: annotateExamples,
  flags: annotateFlags,
});
