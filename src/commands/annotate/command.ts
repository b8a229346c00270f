import type { FlagValues } from '../../arguments/flag.ts';
import { defineCommand } from '../command.ts';
import { dryRunFlag, manifestFormats } from '../flags/dry-run.ts';

const annotateFlags = {
  node: { type: 'string', value: 'NAME', describe: "Use this node's address instead of ADDRESS", completes: 'node' },
  yes: { type: 'boolean', short: 'y', describe: "Don't ask; without ADDRESS, use the first proposed address" },
  remove: { type: 'boolean', describe: 'Remove the annotation' },
  show: { type: 'boolean', describe: 'Print the annotation, and the URL that SkyPilot prints because of it' },
  'ingress-service': {
    type: 'string',
    value: 'NAMESPACE/NAME',
    describe: "The ingress controller's Service; default: ingress-nginx/ingress-nginx-controller",
  },
  force: {
    type: 'boolean',
    describe: 'Set the annotation even if SkyPilot will ignore it, or if users probably cannot reach ADDRESS',
  },
  signpost: {
    group: 'Signpost',
    type: 'string',
    value: 'ADDRESS',
    describe:
      'Create a signpost: a placeholder Service that shows ADDRESS to SkyPilot. Use it if SkyPilot finds no ingress controller',
  },
  'ingress-class': {
    group: 'Signpost',
    type: 'string',
    value: 'NAME',
    describe: 'With --signpost: the IngressClass of the real controller, if there are several',
    completes: 'ingress-class',
  },
  'remove-signpost': { group: 'Signpost', type: 'boolean', describe: 'Delete what --signpost created' },
  'dry-run': dryRunFlag,
  output: {
    group: 'Output',
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    describe: 'With --dry-run: json, yaml, name',
    choices: manifestFormats,
  },
} as const;

export type AnnotateFlagValues = FlagValues<typeof annotateFlags>;

/** The tests run each example. */
export const annotateExamples = [
  { line: 'kubectl skyports annotate 203.0.113.7', says: "Use this address in SkyPilot's URLs" },
  { line: 'kubectl skyports annotate -y', says: 'Use the address of the first Ready node, without asking' },
  { line: 'kubectl skyports annotate --show', says: 'Show the annotation' },
  {
    line: 'kubectl skyports annotate --remove',
    says: 'Remove the annotation; SkyPilot then looks for the address itself',
  },
  {
    line: 'kubectl skyports annotate --signpost gpu.example.com',
    says: 'If SkyPilot finds no ingress controller, tell it the address of your controller',
  },
] as const;

export const annotateCommand = defineCommand({
  name: 'annotate',
  group: 'Find what is broken, and fix it',
  connects: true,
  operands: [],
  usage: '[ADDRESS]',
  summary: 'Tell SkyPilot which address its ingress controller has',
  examples: annotateExamples,
  flags: annotateFlags,
});
