import { readSkyConfigFiles } from '../../local/sky-config-files.ts';
import { portsOfSkyConfig, withoutCredentials } from '../../skypilot/config.ts';
import { isRecord } from '../../snapshot/shape.ts';
import type { SkyConfigFile } from '../../snapshot/topics.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';

/** SkyPilot's configuration on this machine, and the contexts of the kubeconfig. They are read without any request. */
export interface ConfigContext {
  /** The files that SkyPilot reads at present, lowest precedence first. */
  readonly files: readonly SkyConfigFile[];
  /** The current kubeconfig context; undefined without a valid kubeconfig. */
  readonly current: string | undefined;
  /** All contexts of the kubeconfig; undefined without a valid kubeconfig. */
  readonly contexts: readonly string[] | undefined;
  /** The endpoint of a remote SkyPilot API server, without credentials; undefined if no endpoint is configured. */
  readonly apiServer: string | undefined;
}

/**
 * Reads SkyPilot's configuration files and the kubeconfig.
 *
 * @throws UsageError for a configuration file that cannot be read or parsed
 */
export async function configContext(values: ConnectionValues, system: System): Promise<ConfigContext> {
  const files = await readSkyConfigFiles(system);
  const { current, contexts } = await kubeconfigContexts(values, system);
  const configured = system.env.SKYPILOT_API_SERVER_ENDPOINT || portsOfSkyConfig(files, '').apiServer;
  return { files, current, contexts, apiServer: configured && withoutCredentials(configured) };
}

/**
 * The contexts of the kubeconfig. Errors are ignored, because SkyPilot's configuration can be read and written without
 * a valid kubeconfig. Other commands report an invalid kubeconfig.
 */
async function kubeconfigContexts(
  values: ConnectionValues,
  system: System,
): Promise<Pick<ConfigContext, 'current' | 'contexts'>> {
  try {
    const connection = await connectToCluster(values, system);
    connection.close();
    return { current: connection.contextName, contexts: connection.allContexts.map(({ name }) => name) };
  } catch {
    return { current: undefined, contexts: undefined };
  }
}

/** A setting about ports in a file: the keys from the root, and the value. */
export interface SettingFound {
  readonly keys: readonly string[];
  readonly value: string;
}

/**
 * The settings about ports in a file: the port modes, the labels and annotations that SkyPilot adds to its objects, and
 * the endpoint of a remote SkyPilot API server.
 */
export function settingsIn(content: unknown): SettingFound[] {
  const kubernetes = at(content, 'kubernetes');
  const contexts = Object.entries(at(kubernetes, 'context_configs') ?? {});
  const endpoint = at(content, 'api_server')?.endpoint;
  return [
    ...sectionSettings(kubernetes, ['kubernetes']),
    ...contexts.flatMap(([name, section]) =>
      sectionSettings(isRecord(section) ? section : undefined, ['kubernetes', 'context_configs', name]),
    ),
    ...(typeof endpoint === 'string'
      ? [{ keys: ['api_server', 'endpoint'], value: withoutCredentials(endpoint) }]
      : []),
  ];
}

function sectionSettings(section: Record<string, unknown> | undefined, path: readonly string[]): SettingFound[] {
  const ports = section?.ports;
  const metadata = at(section, 'custom_metadata');
  return [
    ...(ports === undefined || ports === null ? [] : [{ keys: [...path, 'ports'], value: String(ports) }]),
    ...(['annotations', 'labels'] as const).flatMap((kind) =>
      Object.entries(at(metadata, kind) ?? {}).map(([key, value]) => ({
        keys: [...path, 'custom_metadata', kind, key],
        value: typeof value === 'string' ? value : JSON.stringify(value),
      })),
    ),
  ];
}

function at(content: unknown, key: string): Record<string, unknown> | undefined {
  const value = isRecord(content) ? content[key] : undefined;
  return isRecord(value) ? value : undefined;
}

/** A path for messages. A path in the home directory begins with `~`. */
export function shownPath(path: string, { homeDirectory, platform }: System): string {
  if (platform === 'win32' || homeDirectory === '' || !path.startsWith(`${homeDirectory}/`)) return path;
  return `~${path.slice(homeDirectory.length)}`;
}
