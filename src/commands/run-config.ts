import { nearestOf } from '../arguments/nearest.ts';
import { UsageError } from '../errors/usage-error.ts';
import { isQualifiedName } from '../exposure/plan/manifest.ts';
import { skyPilotPortModes } from '../skypilot/config.ts';
import type { System } from '../system.ts';
import { type ConnectionValues, exitCodes } from './command.ts';
import { annotationEntry, sectionOf } from './config-entries.ts';
import { type ConfigAction, type ConfigFlagValues, configActions } from './config-flags.ts';
import { checkConfig, showConfig } from './config-look.ts';
import { type ConfigSetting, setInConfig } from './config-set.ts';

/** Runs `config`; returns the exit code. */
export async function runConfig(
  words: readonly string[],
  flags: ConfigFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const [word, value, ...more] = words;
  const action = actionOf(word);
  const takesValue = setting.includes(action);
  const extra = takesValue ? more[0] : value;
  if (extra !== undefined) throw new UsageError(`config ${action} does not take "${extra}"`, usageOf[action]);
  if (takesValue && value === undefined) throw new UsageError(`config ${action} needs a value`, usageOf[action]);
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
      const { schemeSetting } = await import('./config-scheme.ts');
      const found = await schemeSetting(value!, flags, connectionValues, system);
      return setInConfig(found, flags, connectionValues, system);
    }
    default:
      return exitCodes.misused;
  }
}

const usageOf: Readonly<Record<ConfigAction, string>> = {
  get: 'kubectl skyports config get',
  'set-ports': `kubectl skyports config set-ports ${skyPilotPortModes.join('|')}`,
  'set-annotation': 'kubectl skyports config set-annotation KEY=VALUE',
  scheme: 'kubectl skyports config scheme internal|public',
  check: 'kubectl skyports config check',
};

/** Those that write, and take a value. */
const setting: readonly ConfigAction[] = ['set-ports', 'set-annotation', 'scheme'];

function actionOf(word: string | undefined): ConfigAction {
  const action = configActions.find((each) => each === word);
  if (action) return action;
  const all = `it takes one of ${configActions.join(', ')}`;
  if (word === undefined) throw new UsageError('config needs to be told what to do', all);
  const nearest = nearestOf(word, configActions);
  throw new UsageError(`config does not know "${word}"`, nearest ? `did you mean ${nearest}?` : all);
}

/** Flags of the other actions: what they ask for would silently not be done. */
function refuseOtherFlags(action: ConfigAction, flags: ConfigFlagValues): void {
  if (flags.platform !== undefined && action !== 'scheme') {
    throw new UsageError('--platform is for scheme', usageOf.scheme);
  }
  if (setting.includes(action)) return;
  const given = (['for-context', 'project', 'dry-run', 'yes'] as const).find((name) => flags[name] !== undefined);
  if (given) throw new UsageError(`--${given} is for ${setting.join(', ')}`, usageOf[action]);
}

function portsSetting(mode: string, context: string | undefined): ConfigSetting {
  if (!skyPilotPortModes.some((each) => each === mode)) {
    const meant = skyPilotPortModes.find((each) => each === mode.toLowerCase()) ?? nearestOf(mode, skyPilotPortModes);
    const cure =
      mode.toLowerCase() === 'nodeport'
        ? 'kubectl skyports expose SKYCLUSTER PORT --mode nodeport   opens one for a SkyPilot cluster that runs'
        : meant
          ? `did you mean ${meant}?`
          : usageOf['set-ports'];
    throw new UsageError(`SkyPilot has no port mode "${mode}", only ${skyPilotPortModes.join(', ')}`, cure);
  }
  return { entries: [{ keys: [...sectionOf(context), 'ports'], value: mode }], context };
}

function annotationSetting(word: string, context: string | undefined): ConfigSetting {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  if (key === undefined || value === undefined || !isQualifiedName(key)) {
    throw new UsageError(
      `"${word}" is no annotation`,
      'write KEY=VALUE; KEY is a qualified name such as networking.gke.io/load-balancer-type',
    );
  }
  return { entries: [annotationEntry(key, value, context)], context };
}
