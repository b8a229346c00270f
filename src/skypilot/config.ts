import { isRecord } from '../snapshot/shape.ts';
import type { SkyConfigFile } from '../snapshot/topics.ts';

/** SkyPilot's own port modes (sky/utils/kubernetes_enums.py, KubernetesPortMode). */
export const skyPilotPortModes = ['loadbalancer', 'ingress', 'podip'] as const;
export type SkyPilotPortMode = (typeof skyPilotPortModes)[number];

/** What SkyPilot takes on the context `kind-skypilot`, whatever is configured (network_utils.py, get_port_mode). */
export const kindPortMode: SkyPilotPortMode = 'ingress';

/** What SkyPilot's configuration files say about ports, and where. */
export interface SkyConfigPorts {
  /** `kubernetes.context_configs.CONTEXT.ports`, else `kubernetes.ports`, as written; undefined when neither is there. */
  readonly ports: { readonly value: string; readonly key: string; readonly path: string } | undefined;
  /** `api_server.endpoint`: the files of the machine behind it count, these say little. */
  readonly apiServer: string | undefined;
  /** `kubernetes.allowed_contexts`, a list; undefined when not given or `all`. */
  readonly allowedContexts: readonly string[] | undefined;
}

/**
 * Reads what matters for ports from SkyPilot's files. Dicts merge and scalars of later files win
 * (sky/skypilot_config.py); within the merged result the context's own key wins (get_cloud_config_value_from_dict).
 *
 * @param files lowest precedence first: the user's, then the project's
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
 * What of a configuration file matters for ports. The rest may hold tokens and passwords (`api_server`, `pod_config`,
 * a URL's user part), and what is saved is shown to others.
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

/** A URL without its user part, which may hold a password. */
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
