import { isRecord } from '../snapshot/shape.ts';
import type { SkyConfigFile } from '../snapshot/topics.ts';

/** SkyPilot's own port modes (sky/utils/kubernetes_enums.py, KubernetesPortMode). */
export const skyPilotPortModes = ['loadbalancer', 'ingress', 'podip'] as const;
export type SkyPilotPortMode = (typeof skyPilotPortModes)[number];

/**
 * The mode that SkyPilot uses in the context `kind-skypilot`, even if another mode is configured (network_utils.py,
 * get_port_mode).
 */
export const kindPortMode: SkyPilotPortMode = 'ingress';

/** The settings in SkyPilot's configuration files that are about ports. */
export interface SkyConfigPorts {
  /**
   * The value of `kubernetes.context_configs.CONTEXT.ports`, with its key and file. If it is not set, the value of
   * `kubernetes.ports`. Undefined if neither is set.
   */
  readonly ports: { readonly value: string; readonly key: string; readonly path: string } | undefined;
  /**
   * The value of `api_server.endpoint`. If it is set, SkyPilot reads the configuration files on that server instead of
   * these files.
   */
  readonly apiServer: string | undefined;
  /** `kubernetes.allowed_contexts` if it is a list; undefined if it is not set or is `all`. */
  readonly allowedContexts: readonly string[] | undefined;
}

/**
 * Reads the settings for ports from SkyPilot's files. Dicts are merged, and scalars of later files win
 * (sky/skypilot_config.py). In the merged result, the context's own key wins (get_cloud_config_value_from_dict).
 *
 * @param files lowest precedence first: the user's file, then the project's file
 */
export function portsOfSkyConfig(files: readonly SkyConfigFile[], context: string): SkyConfigPorts {
  const allowed = lastAt(files, ['kubernetes', 'allowed_contexts'])?.value;
  const endpoint = lastAt(files, ['api_server', 'endpoint'])?.value;
  return {
    ports:
      portsAt(files, ['kubernetes', 'context_configs', context, 'ports']) ?? portsAt(files, ['kubernetes', 'ports']),
    apiServer: typeof endpoint === 'string' ? endpoint : undefined,
    allowedContexts: Array.isArray(allowed) ? allowed.filter((each) => typeof each === 'string') : undefined,
  };
}

/**
 * The part of a configuration file that is about ports. The rest may contain tokens and passwords (`api_server`,
 * `pod_config`, a URL's user part), and users share saved dumps.
 */
export function withoutForeignKeys({ path, content }: SkyConfigFile): SkyConfigFile {
  const { kubernetes, api_server: apiServer } = isRecord(content) ? content : {};
  const { ports, allowed_contexts, context_configs } = isRecord(kubernetes) ? kubernetes : {};
  const contexts = Object.entries(isRecord(context_configs) ? context_configs : {}).flatMap(([name, config]) =>
    isRecord(config) && config.ports !== undefined ? [[name, { ports: config.ports }]] : [],
  );
  const { endpoint } = isRecord(apiServer) ? apiServer : {};
  return {
    path,
    content: {
      kubernetes: { ports, allowed_contexts, context_configs: Object.fromEntries(contexts) },
      ...(typeof endpoint === 'string' && { api_server: { endpoint: withoutCredentials(endpoint) } }),
    },
  };
}

/** A URL without its user part, which may contain a password. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//');
}

function portsAt(files: readonly SkyConfigFile[], keys: readonly string[]): SkyConfigPorts['ports'] {
  const found = lastAt(files, keys);
  return found && { value: String(found.value), key: keys.join('.'), path: found.path };
}

function lastAt(
  files: readonly SkyConfigFile[],
  keys: readonly string[],
): { value: unknown; path: string } | undefined {
  for (const { path, content } of files.toReversed()) {
    let value: unknown = content;
    for (const key of keys) value = isRecord(value) ? value[key] : undefined;
    if (value !== undefined && value !== null) return { value, path };
  }
  return undefined;
}
