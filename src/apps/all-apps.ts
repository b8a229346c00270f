import type { Page } from '../platforms/controller-pages.ts';
import type { App } from './app.ts';
import { jupyter } from './jupyter.ts';

/** All known apps. The order matters for `appOf`: apps with distinct pages first, frameworks last. */
export const allApps: readonly App[] = [jupyter];

/** The app with this name; undefined if it is unknown. */
export function appNamed(name: string): App | undefined {
  return allApps.find((app) => app.name === name);
}

/** The app that sent this page; undefined if no app is recognized. */
export function appOf(page: Page): App | undefined {
  return allApps.find((app) => app.isIt(page));
}

/** The app that usually has this port; undefined if none or several have it as their usual port. */
export function usualAppOf(port: number): App | undefined {
  const found = allApps.filter(({ ports }) => ports[0] === port);
  return found.length === 1 ? found[0] : undefined;
}
