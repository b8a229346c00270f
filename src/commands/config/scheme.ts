import { nearestOf } from '../../arguments/nearest.ts';
import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { collect } from '../../kubernetes/snapshots/collect.ts';
import { collectPlatformEvidence, platformNamed, requirePlatformEvidence } from '../../load-balancers/evidence.ts';
import { unverifiedOfLoadBalancer } from '../../platforms/all-platforms.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import {
  type ChosenScheme,
  chooseScheme,
  explicitScheme,
  loadBalancersFor,
  refuseForSkyPilot,
  schemeKeys,
} from '../../platforms/scheme.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { say } from '../messages.ts';
import { type ConfigFlagValues, configSchemes } from './command.ts';
import { configContext, settingsIn, shownPath } from './context.ts';
import { annotationEntry, type ConfigSetting } from './set.ts';

/**
 * The annotations that make SkyPilot's own load balancers internal or public. They depend on the platform: the one that
 * the user named, or else the detected one.
 *
 * @throws UsageError if the platform is unknown, does not support the scheme, or needs more than annotations
 */
export async function schemeSetting(
  scheme: string,
  flags: ConfigFlagValues,
  values: ConnectionValues,
  system: System,
): Promise<ConfigSetting> {
  if (scheme !== 'internal' && scheme !== 'public') {
    const nearest = nearestOf(scheme.toLowerCase(), configSchemes);
    throw new UsageError(
      'unknown-value',
      `config scheme takes internal or public, not "${scheme}"`,
      (nearest ? [nearest] : configSchemes).map((each) => cure(command`kubectl skyports config scheme ${each}`)),
    );
  }
  const chosen = await chosenScheme(
    scheme,
    flags.platform,
    // Detect the platform in the context that the setting is for, unless --context names another one.
    { ...values, context: values.context ?? flags['for-context'] },
    system,
  );
  refuseForSkyPilot(chosen);
  const { loadBalancer, reason, change } = chosen;
  const context = flags['for-context'];
  const entries = Object.entries(change.annotations).map(([key, value]) => annotationEntry(key, value, context));
  if (entries.length === 0) {
    const against = await contradictions(chosen, context ?? values.context, values, system);
    const said = against.length > 0 ? 'your configuration says otherwise' : 'there is nothing to write';
    throw new UsageError(
      'scheme-is-default',
      `${loadBalancer.title}: ${scheme} unless told otherwise, and ${said}`,
      against.length > 0
        ? against.map((each) => advice(`remove ${each}`))
        : [cure(command`kubectl skyports config get`, 'shows what is configured')],
    );
  }
  say(system, `${loadBalancer.title} (${reason})`);
  for (const line of unverifiedOfLoadBalancer(loadBalancer)) say(system, line);
  return { entries, context };
}

/**
 * The configured annotations that set the opposite scheme, for this context or for all contexts. Each text names an
 * annotation by its place in the configuration, and the file.
 */
async function contradictions(
  { loadBalancer, scheme }: ChosenScheme,
  context: string | undefined,
  values: ConnectionValues,
  system: System,
): Promise<string[]> {
  const keys = schemeKeys(loadBalancer);
  const { files, current } = await configContext(values, system);
  return files.flatMap(({ path, content }) =>
    settingsIn(content).flatMap(({ keys: place, value }) => {
      const annotation = place.at(-1) ?? '';
      const isMeant = place.at(-2) === 'annotations' && keys.includes(annotation);
      const isHere = place[1] !== 'context_configs' || place[2] === (context ?? current);
      const said = explicitScheme(loadBalancer, { annotations: { [annotation]: value }, loadBalancerClass: undefined });
      return isMeant && isHere && said !== undefined && said !== scheme
        ? [`annotation ${annotation} of ${place.slice(0, -1).join('.')} from ${shownPath(path, system)}`]
        : [];
    }),
  );
}

async function chosenScheme(
  scheme: 'internal' | 'public',
  platform: string | undefined,
  values: ConnectionValues,
  system: System,
): Promise<ChosenScheme> {
  if (platform !== undefined) return chooseScheme(scheme, [platformNamed(platform)]);
  const connection = await connectToCluster(values, system);
  try {
    const empty = await collect(connection, { namespace: null, requests: {} });
    const seen = await collectPlatformEvidence(empty, connection);
    const candidates = loadBalancersFor(detectPlatforms(seen));
    if (candidates.length === 0) requirePlatformEvidence(seen, 'name it by --platform NAME');
    return chooseScheme(scheme, candidates);
  } finally {
    connection.close();
  }
}
