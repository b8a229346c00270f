import { setInSkyConfig } from '../../skypilot/config-file/edit-sky-config.ts';
import type { SettingFound } from './context.ts';

/**
 * How an administrator makes the same change on a remote SkyPilot API server, as lines for stderr. The server has its
 * own configuration, which this command does not write.
 *
 * Source: SkyPilot's documentation, "Setting the SkyPilot config" (api-server-admin-deploy.rst): the dashboard changes
 * the configuration. The chart uses `apiService.config` only if the server has no configuration yet, and it must be null
 * if the server uses a database.
 *
 * @param apiServer the endpoint of the server, without credentials
 */
export function serverChange(entries: readonly SettingFound[], apiServer: string): string[] {
  const path = 'config.yaml';
  const text = entries.reduce((before, { keys, value }) => setInSkyConfig({ path, text: before }, keys, value), '');
  const yaml = text.trimEnd().split('\n');
  return [
    `to change the server, for all of its users, an administrator adds this at ${apiServer.replace(/\/+$/, '')}/dashboard/config:`,
    ...yaml.map((line) => `    ${line}`),
    'for a new server, the same as Helm values ("helm upgrade" of an existing server ignores them):',
    ...['    apiService:', '      config: |-'],
    ...yaml.map((line) => `        ${line}`),
  ];
}
