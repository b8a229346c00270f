import { isRecord } from '../snapshot/shape.ts';
import type { SkyConfigFile } from '../snapshot/topics.ts';
import type { SkyPilotPortMode } from './port-modes.ts';

/**
 * The mode that SkyPilot always uses in the context `kind-skypilot`, whatever is configured (network_utils.py,
 * get_port_mode).
 */
export const kindPortMode: SkyPilotPortMode = 'ingress';

/** The settings about ports in SkyPilot's configuration files. */
export interface SkyConfigPorts {
  /**
   * The port mode, with its key and its file. `kubernetes.context_configs.CONTEXT.ports` counts if it is set, otherwise
   * `kubernetes.ports`. Undefined if neither is set.
   */
  readonly ports: { readonly value: string; readonly key: string; readonly path: string } | undefined;
  /**
   * The value of `api_server.endpoint`. If it is set, SkyPilot uses the configuration files on that server instead of
   * these files.
   */
  readonly apiServer: string | undefined;
  /** The list in `kubernetes.allowed_contexts`. Undefined if it is not set, or is `all`. */
  readonly allowedContexts: readonly string[] | undefined;
}

/**
 * Reads the settings for ports from SkyPilot's files. Dicts are merged. Any other value is taken from the last file
 * that has it (sky/skypilot_config.py). After the merge, the key for the context is preferred to the key for all
 * contexts (get_cloud_config_value_from_dict).
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
 * The part of a configuration file that is about ports. Users share saved dumps, and the rest of the file may contain
 * tokens and passwords (`api_server`, `pod_config`, the user part of a URL).
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
