/** The parts of an HTTP answer that show what sent it. */
export interface Page {
  readonly status: number;
  /** The beginning of the body. */
  readonly body: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A page that an ingress controller, or SkyServe's load balancer, sends itself if it has no app to forward to. */
interface ControllerPage {
  readonly controller: string;
  readonly statuses: readonly number[];
  /** Whether the answer is that page. */
  isIt(page: Page): boolean;
}

/** The sender of a page of SkyServe's load balancer, which runs in the SkyServe controller, not in an ingress controller. */
export const servePage = 'SkyServe';

const text = (page: Page) => page.body.trim();

/**
 * Recorded from the controllers of test/node. ingress-nginx 1.11 sends nginx's own pages; with `server_tokens off` they lack
 * the version that an app's own nginx shows. Traefik 3.7 uses Go's http.Error. The default backend's text is that of
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
  {
    // sky/serve/load_balancer.py: 503 without a ready replica ("No available replicas" before 0.6), 500 after three tries.
    controller: servePage,
    statuses: [500, 503],
    isIt: ({ body }) =>
      /^\{"detail":"(?:No (?:ready|available) replicas\. Use \\?"sky serve status|Max retries \d+ exceeded\. .*sky serve logs)/s.test(
        body.trim(),
      ),
  },
  { controller: 'default backend', statuses: [404], isIt: (page) => text(page) === 'default backend - 404' },
];

/** The controller whose own page this is; null for anything else, which is assumed to come from an app. */
export function controllerPageOf(page: Page): string | null {
  return pages.find(({ statuses, isIt }) => statuses.includes(page.status) && isIt(page))?.controller ?? null;
}
