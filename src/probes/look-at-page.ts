import { allApps, appOf } from '../apps/all-apps.ts';
import type { Page } from '../platforms/controller-pages.ts';
import type { HttpAnswer } from '../snapshot/probe.ts';

/** What is kept of a page. The page itself is not kept. */
export type PageFacts = Pick<HttpAnswer, 'app' | 'refusesHost' | 'outside' | 'letsIn'>;

/**
 * Finds out which app sent a page, and which of its links lead out of the path.
 *
 * @param isHtml whether the page is HTML. Only then, its links are read, and the parser is loaded
 * @param at the URL of the page
 * @param prefix the path prefix without a final slash
 */
export async function lookAtPage(page: Page, isHtml: boolean, at: string, prefix: string): Promise<PageFacts> {
  const refusing = allApps.find(({ hostRefusal }) => hostRefusal?.isIt(page));
  const app = refusing ?? appOf(page);
  const readsLinks = isHtml && URL.canParse(at);
  const outside = readsLinks
    ? (await import('./page-links.ts')).linksOutside(page.body, new URL(at), prefix, app?.styleLoadedByScript?.(page))
    : undefined;
  return {
    ...(app && { app: app.name }),
    ...(refusing && { refusesHost: true }),
    ...(outside && { outside }),
  };
}
