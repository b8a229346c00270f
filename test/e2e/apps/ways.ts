import { appNamed } from '../../../src/apps/all-apps.ts';
import { startCommandOf } from '../../../src/apps/start-command.ts';
import type { InstalledApps } from '../../apps/installed.ts';
import { type SkyPilotNames, skyIngress, skyPortService } from '../../helpers/skypilot-objects.ts';
import { apply, pasted, shell, untilAnswered } from '../machine.ts';
import type { App } from './app.ts';
import { appCluster, startApp } from './app-pod.ts';

/** How an app is reached. */
export interface Way {
  readonly name: string;
  /** Class and address of the controller. */
  readonly controller: Controller;
  /** `path`: as the plugin chooses for the app. `skypilot`: what SkyPilot itself makes, and the app knows nothing of it. */
  readonly by: 'path' | 'host' | 'skypilot';
}

export interface Controller {
  readonly ingressClass: string;
  readonly address: string;
  /** A domain all names of which lead to it. */
  readonly domain: string;
}

/**
 * A SkyPilot cluster of its own whose head runs the app as the plugin says, opened the given way.
 *
 * @returns the URL that the plugin prints, once something answers there
 */
export async function openedApp(namespace: string, app: App, way: Way, installed: InstalledApps): Promise<string> {
  const names = await appCluster(namespace, installed);
  if (way.by === 'skypilot') {
    await apply(skyPortService(names, app.port), skyIngress(names, [app.port]));
    await startApp(names, app, plainCommand(app));
  } else await startApp(names, app, await exposed(names, app, way));
  return untilOpen(names, way);
}

/** As somebody starts it who has thought of neither path nor host. */
function plainCommand({ name, port }: App): string {
  const command = startCommandOf(appNamed(name)!, { prefix: '', rewrite: 'strip', port, origin: undefined })!;
  return command.replace(/ --\S+HOST\b/g, '');
}

/** Opens the port. @returns the start command that is printed */
async function exposed(
  { namespace }: SkyPilotNames,
  app: App,
  { by, controller: { ingressClass, domain } }: Way,
): Promise<string> {
  const host = by === 'host' ? `--host '{port}-{cluster}.${domain}' --wait=10s` : '--wait=60s';
  const line = `kubectl skyports expose train ${app.port} -n ${namespace} --mode ingress --ingress-class ${ingressClass} --app ${app.name} ${host}`;
  const { code, stdout, stderr } = await shell(line);
  const printed = /^(?:hint: )?start .* with:\n +(.*)$/m.exec(stderr)?.[1];
  // The app does not run yet, and no resolver here knows the host: the wait may end without an answer.
  const isOpen = code === 0 || (code === 3 && by === 'host');
  if (!isOpen || printed === undefined) throw new Error(`${line}: exit code ${code}\n${stderr}${stdout}`);
  return printed;
}

/** The URL that is printed, once it leads to the app. */
async function untilOpen({ namespace }: SkyPilotNames, { by, controller: { address } }: Way): Promise<string> {
  const url = (await pasted(`kubectl skyports endpoints train -n ${namespace} --wait=60s -o url`)).trim();
  await untilAnswered(by === 'host' ? { url: `http://${address}/`, host: new URL(url).host } : { url });
  return url;
}
