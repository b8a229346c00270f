import { nearestOf } from '../../arguments/nearest.ts';
import { advice, type Command, type Cure, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { isQualifiedName } from '../../exposure/plan/manifest.ts';
import { nodeport } from '../../modes/nodeport/mode.ts';
import { skyPilotPortModes } from '../../skypilot/port-modes.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { type ConfigAction, type ConfigFlagValues, configActions } from './command.ts';
import { checkConfig, showConfig } from './look.ts';
import { annotationEntry, type ConfigSetting, sectionOf, setInConfig } from './set.ts';

/** Runs `config`; returns the exit code. */
export async function runConfig(
  operands: readonly string[],
  flags: ConfigFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const [word, value, ...more] = operands;
  const action = actionOf(word);
  const takesValue = setting.includes(action);
  const extra = takesValue ? more[0] : value;
  if (extra !== undefined) {
    const kept = takesValue && value !== undefined ? cure(corrected(action, value)) : usageOf[action][0]!;
    throw new UsageError('too-many-operands', `config ${action} does not take "${extra}"`, [kept]);
  }
  if (takesValue && value === undefined) {
    throw new UsageError('missing-operand', `config ${action} needs a value`, usageOf[action]);
  }
  refuseOtherFlags(action, flags);
  switch (action) {
    case 'get':
      return showConfig(connectionValues, system);
    case 'check':
      return checkConfig(connectionValues, system);
    case 'set-ports':
      return setInConfig(portsSetting(value!, flags['for-context']), flags, connectionValues, system);
    case 'set-annotation':
      return setInConfig(annotationSetting(value!, flags['for-context']), flags, connectionValues, system);
    case 'scheme': {
      const { schemeSetting } = await import('./scheme.ts');
      const found = await schemeSetting(value!, flags, connectionValues, system);
      return setInConfig(found, flags, connectionValues, system);
    }
    default:
      return exitCodes.misused;
  }
}

const corrected = (action: ConfigAction, value: string): Command | null =>
  command`kubectl skyports config ${action} ${value}`;

/** Examples of valid calls, for each subcommand. */
const usageOf: Readonly<Record<ConfigAction, readonly Cure[]>> = {
  get: [cure(command`kubectl skyports config get`)],
  'set-ports': skyPilotPortModes.map((mode) => cure(corrected('set-ports', mode))),
  'set-annotation': [
    cure(
      command`kubectl skyports config set-annotation KEY=VALUE`,
      'KEY is a qualified name such as networking.gke.io/load-balancer-type',
    ),
  ],
  scheme: ['internal', 'public'].map((scheme) => cure(corrected('scheme', scheme))),
  check: [cure(command`kubectl skyports config check`)],
};

/** The subcommands that change the configuration. */
const setting: readonly ConfigAction[] = ['set-ports', 'set-annotation', 'scheme'];

function actionOf(word: string | undefined): ConfigAction {
  const action = configActions.find((each) => each === word);
  if (action) return action;
  const help = cure(command`kubectl skyports config --help`, 'explains each');
  const all = configActions.join(', ');
  if (word === undefined) throw new UsageError('missing-operand', `config needs a subcommand: ${all}`, [help]);
  const nearest = nearestOf(word.toLowerCase(), configActions);
  throw new UsageError(
    'unknown-subcommand',
    `config has no subcommand "${word}"; ${nearest ? `did you mean ${nearest}?` : `it has ${all}`}`,
    nearest ? usageOf[nearest as ConfigAction] : [help],
  );
}

/** Refuses the flags of other subcommands. Without this check, they would be ignored silently. */
function refuseOtherFlags(action: ConfigAction, flags: ConfigFlagValues): void {
  if (flags.platform !== undefined && action !== 'scheme') {
    throw new UsageError('flag-of-other-subcommand', '--platform is for config scheme', [
      advice('leave --platform out'),
    ]);
  }
  if (setting.includes(action)) return;
  const given = (['for-context', 'project', 'dry-run', 'yes'] as const).find((name) => flags[name] !== undefined);
  if (!given) return;
  throw new UsageError('flag-of-other-subcommand', `--${given} is for ${setting.join(', ')}`, usageOf[action]);
}

function portsSetting(mode: string, context: string | undefined): ConfigSetting {
  if (skyPilotPortModes.some((each) => each === mode)) {
    return { entries: [{ keys: [...sectionOf(context), 'ports'], value: mode }], context };
  }
  const lower = mode.toLowerCase();
  const meant = skyPilotPortModes.find((each) => each === lower) ?? nearestOf(lower, skyPilotPortModes);
  const expose = command`kubectl skyports expose SKYCLUSTER PORT --mode nodeport`;
  const isNodePort = lower === nodeport.name;
  const guess = meant && !isNodePort ? `; did you mean ${meant}?` : '';
  throw new UsageError(
    'unknown-mode',
    `SkyPilot has no port mode "${mode}", only ${skyPilotPortModes.join(', ')}${guess}`,
    isNodePort
      ? [cure(expose, 'opens PORT of the running SKYCLUSTER through the nodes')]
      : meant
        ? [cure(corrected('set-ports', meant))]
        : usageOf['set-ports'],
  );
}

function annotationSetting(word: string, context: string | undefined): ConfigSetting {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  if (key === undefined || value === undefined || !isQualifiedName(key)) {
    throw new UsageError('invalid-annotation', `"${word}" is not a valid annotation`, usageOf['set-annotation']);
  }
  return { entries: [annotationEntry(key, value, context)], context };
}
