import { eitherOf, type FlagValues } from '../../arguments/flag.ts';
import { platformIds } from '../../platforms/ids.ts';
import { skyPilotPortModes } from '../../skypilot/port-modes.ts';
import { defineCommand } from '../command.ts';

/** The subcommands of `config`. */
export const configActions = ['get', 'set-ports', 'set-annotation', 'scheme', 'check'] as const;
export type ConfigAction = (typeof configActions)[number];

/** The values of `config scheme`. */
export const configSchemes = ['internal', 'public'] as const;

const configFlags = {
  'for-context': {
    type: 'string',
    value: 'CONTEXT',
    describe: 'Change the setting only for this kubeconfig context',
    completes: 'context',
  },
  platform: {
    type: 'string',
    value: 'NAME',
    describe:
      'With "config scheme": name of the platform or load balancer. Needed only if the plugin does not detect it',
    choices: platformIds,
  },
  project: {
    type: 'boolean',
    describe:
      "Use the project's configuration file (./.sky.yaml, or SKYPILOT_PROJECT_CONFIG) instead of the user's file",
  },
  yes: { type: 'boolean', short: 'y', describe: "Don't ask for confirmation" },
  'dry-run': {
    type: 'optional',
    value: 'client',
    describe: 'Show the change and write nothing',
    choices: ['none', 'client'],
  },
} as const;

export type ConfigFlagValues = FlagValues<typeof configFlags>;

/** What each subcommand does, for the help. */
const configSubcommands = {
  get: 'Show the settings, and the port mode that new SkyPilot clusters will use',
  'set-ports MODE': `Set the port mode of new SkyPilot clusters: ${eitherOf(skyPilotPortModes)}`,
  'scheme SCHEME': `Make the load balancers of new SkyPilot clusters ${eitherOf(configSchemes)}`,
  'set-annotation KEY=VALUE': 'Set an annotation on all objects of new SkyPilot clusters',
  check: 'Check whether SkyPilot accepts the settings',
} as const;

/** The tests run each example. */
export const configExamples = [
  { line: 'kubectl skyports config get', says: 'Which port mode will SkyPilot use, and which file says so?' },
  {
    line: 'kubectl skyports config set-ports ingress -y',
    says: 'Make SkyPilot use ingress mode for all new SkyPilot clusters',
  },
  {
    line: 'kubectl skyports config scheme internal',
    says: 'Give all new SkyPilot clusters internal load balancers. If the platform is not detected, add --platform',
  },
  {
    line: 'kubectl skyports config scheme internal --platform gke --dry-run',
    says: 'Show the annotation that makes load balancers internal on GKE',
  },
  {
    line: 'kubectl skyports config set-ports loadbalancer --for-context prod --dry-run',
    says: 'Show what would change for the context "prod"',
  },
  { line: 'kubectl skyports config check', says: 'Does SkyPilot accept the settings?' },
  {
    line: 'kubectl skyports config set-annotation networking.gke.io/load-balancer-type=Internal -y',
    says: 'Set an annotation on all objects of new SkyPilot clusters',
  },
] as const;

export const configCommand = defineCommand({
  name: 'config',
  group: 'Find what is broken, and fix it',
  connects: true,
  operands: [configActions, { 'set-ports': skyPilotPortModes, scheme: configSchemes }],
  usage: 'get|set-ports MODE|set-annotation KEY=VALUE|scheme SCHEME|check',
  subcommands: configSubcommands,
  summary: "Read, change and check the port settings in SkyPilot's configuration",
  examples: configExamples,
  flags: configFlags,
});
