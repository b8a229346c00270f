import type { FlagValues } from '../../arguments/flag.ts';
import { defineCommand } from '../command.ts';
import { dryRunFlag, manifestFormats } from '../flags/dry-run.ts';

/** The flags of `annotate`. */
const annotateFlags = {
  node: { type: 'string', value: 'NAME', describe: "This node's address, instead of ADDRESS", completes: 'node' },
  yes: { type: 'boolean', short: 'y', describe: "Don't ask; without ADDRESS take the first address proposed" },
  remove: { type: 'boolean', describe: 'Remove the annotation' },
  show: { type: 'boolean', describe: 'Print the annotation, and what SkyPilot then prints' },
  'ingress-service': {
    type: 'string',
    value: 'NAMESPACE/NAME',
    describe: "The ingress controller's Service (ingress-nginx/ingress-nginx-controller)",
  },
  force: {
    type: 'boolean',
    describe: 'Write it even if SkyPilot will not use it, or users are unlikely to reach ADDRESS',
  },
  signpost: {
    group: 'Signpost',
    type: 'string',
    value: 'ADDRESS',
    describe: 'If SkyPilot finds no controller: make a placeholder Service that shows it ADDRESS',
  },
  'ingress-class': {
    group: 'Signpost',
    type: 'string',
    value: 'NAME',
    describe: 'With --signpost: the class of the real controller, if there are several',
    completes: 'ingress-class',
  },
  'remove-signpost': { group: 'Signpost', type: 'boolean', describe: 'Remove what --signpost created' },
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
  { line: 'kubectl skyports annotate 203.0.113.7', says: "SkyPilot's URLs get this address" },
  { line: 'kubectl skyports annotate -y', says: 'The address of the first Ready node; without -y it asks which' },
  { line: 'kubectl skyports annotate --show', says: 'What is set' },
  { line: 'kubectl skyports annotate --remove', says: 'Back to what SkyPilot finds by itself' },
  {
    line: 'kubectl skyports annotate --signpost gpu.example.com',
    says: 'SkyPilot finds no controller: show it where yours is',
  },
] as const;

export const annotateCommand = defineCommand({
  name: 'annotate',
  group: 'Find what is broken, and fix it',
  connects: true,
  words: [],
  usage: '[ADDRESS]',
  summary: 'Tell SkyPilot which address its ingress controller has',
  examples: annotateExamples,
  flags: annotateFlags,
});
