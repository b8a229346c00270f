import { UsageError } from '../errors/usage-error.ts';
import { detectPlatforms } from '../platforms/detect.ts';
import { platformIds } from '../platforms/ids.ts';
import { type ChosenScheme, chooseScheme, loadBalancerNamed, loadBalancersFor } from '../platforms/scheme.ts';
import { snapshotOf } from '../snapshot/snapshot.ts';
import type { System } from '../system.ts';
import type { ConnectionValues } from './command.ts';
import { annotationEntry } from './config-entries.ts';
import type { ConfigFlagValues } from './config-flags.ts';
import type { ConfigSetting } from './config-set.ts';
import { connectToCluster } from './connect-to-cluster.ts';
import { say } from './expose-messages.ts';
import { withSigns } from './platform-signs.ts';

/**
 * The annotations that make SkyPilot's own load balancers internal or public, on the platform that is found or named.
 *
 * @throws UsageError where there is no such notion, where it cannot be told, and where annotations do not do it
 */
export async function schemeSetting(
  scheme: string,
  flags: ConfigFlagValues,
  values: ConnectionValues,
  system: System,
): Promise<ConfigSetting> {
  if (scheme !== 'internal' && scheme !== 'public') {
    throw new UsageError(`config scheme ${scheme}: unknown`, 'it takes internal or public');
  }
  const { loadBalancer, because, change } = await chosenScheme(
    scheme,
    flags.platform,
    // The context that it is for is the one that is looked at.
    { ...values, context: values.context ?? flags['for-context'] },
    system,
  );
  const not = loadBalancer.notBySkyPilot?.[scheme];
  if (not) {
    throw new UsageError(
      `${loadBalancer.title}: ${not}`,
      `kubectl skyports expose SKYCLUSTER PORT --scheme ${scheme}   makes one for a SkyPilot cluster that runs`,
    );
  }
  const context = flags['for-context'];
  const entries = Object.entries(change.annotations).map(([key, value]) => annotationEntry(key, value, context));
  if (entries.length === 0) {
    throw new UsageError(
      `${loadBalancer.title} makes ${scheme} load balancers unless told otherwise: there is nothing to write`,
      'kubectl skyports config get   shows annotations that say otherwise',
    );
  }
  say(system, `${loadBalancer.title} (${because})`);
  return { entries, context };
}

async function chosenScheme(
  scheme: 'internal' | 'public',
  platform: string | undefined,
  values: ConnectionValues,
  system: System,
): Promise<ChosenScheme> {
  if (platform !== undefined) {
    if (!platformIds.some((each) => each === platform)) {
      throw new UsageError(`--platform ${platform}: unknown`, 'docs/platforms.md has all of them');
    }
    return chooseScheme(scheme, [loadBalancerNamed(platform)]);
  }
  const connection = await connectToCluster(values, system);
  try {
    const about = { context: connection.contextName, namespace: null, takenAt: system.now().toISOString() };
    return chooseScheme(scheme, loadBalancersFor(detectPlatforms(await withSigns(snapshotOf(about, {}), connection))));
  } finally {
    connection.close();
  }
}
