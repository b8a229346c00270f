import { advice, command, cure } from '../../errors/cure.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { NoKubeconfigError } from '../../kubernetes/kubeconfig/kubeconfig-errors.ts';
import { readSkyConfigFiles } from '../../local/sky-config-files.ts';
import { portsOfSkyConfig } from '../../skypilot/config.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { connectionFlagsOf } from './flags.ts';

/**
 * Finds the API server and the user. If there is no kubeconfig, SkyPilot's configuration may name a remote SkyPilot API
 * server. The error then says that SkyPilot reaches its clusters through that server.
 *
 * @throws UsageError for an invalid kubeconfig or invalid flags; NoKubeconfigError if there is no kubeconfig
 */
export async function connectToCluster(values: ConnectionValues, system: System): Promise<Connection> {
  // Load this module only here. Loading it takes half of the start-up time, and the help does not need it.
  const { connect } = await import('../../kubernetes/api/connect.ts');
  try {
    return await connect(connectionFlagsOf(values), system);
  } catch (error) {
    if (!(error instanceof NoKubeconfigError)) throw error;
    const files = await readSkyConfigFiles(system).catch(() => []);
    const { apiServer } = portsOfSkyConfig(files, '');
    if (!apiServer) throw error;
    throw new NoKubeconfigError(
      'no-kubeconfig',
      `there is no kubeconfig here: SkyPilot reaches its clusters through its API server ${apiServer}`,
      [
        cure(command`sky status --endpoints SKYCLUSTER`, 'shows the endpoints of SKYCLUSTER, from that server'),
        advice(
          'or ask your administrator for a kubeconfig with a Role that may get, list and watch pods, services, endpointslices and ingresses in your namespace',
        ),
      ],
    );
  }
}
