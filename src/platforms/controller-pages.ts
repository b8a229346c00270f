/** An answer over HTTP, as far as it tells who made it. */
export interface Page {
  readonly status: number;
  /** The beginning of the body. */
  readonly body: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A page that an ingress controller answers with itself, when it has no app to ask. */
interface ControllerPage {
  readonly controller: string;
  readonly statuses: readonly number[];
  /** Whether the answer is that page. */
  isIt(page: Page): boolean;
}

const text = (page: Page) => page.body.trim();

/**
 * Seen at the controllers of test/node: ingress-nginx 1.11 (nginx's own pages; `server_tokens off`, so without the version that
 * a stock nginx in an app shows) and Traefik 3.7 (Go's http.Error). The default backend's words are those of
 * registry.k8s.io/defaultbackend.
 */
const pages: readonly ControllerPage[] = [
  {
    controller: 'ingress-nginx',
    statuses: [404, 502, 503, 504],
    isIt: ({ body }) => /<hr><center>nginx<\/center>/.test(body),
  },
  {
    controller: 'Traefik',
    statuses: [404, 502, 503, 504],
    isIt: (page) =>
      page.headers.server === undefined &&
      ['404 page not found', 'Bad Gateway', 'no available server', 'Gateway Timeout'].includes(text(page)),
  },
  { controller: 'default backend', statuses: [404], isIt: (page) => text(page) === 'default backend - 404' },
];

/** The controller whose own page this is; null for the answer of an app, as far as can be told. */
export function controllerPageOf(page: Page): string | null {
  return pages.find(({ statuses, isIt }) => statuses.includes(page.status) && isIt(page))?.controller ?? null;
}
