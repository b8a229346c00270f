/** The parts of an HTTP response that show which program sent it. */
export interface Page {
  readonly status: number;
  /** The beginning of the body. */
  readonly body: string;
  /** The headers of the response. Their names are in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A response that a proxy before the app writes itself, such as an error page. */
export interface ControllerPage {
  /** The name of the program that sends the page, for reports and saved files. */
  readonly sender: string;
  readonly statuses: readonly number[];
  /** The text for docs/platforms.md that describes how the page is recognized. */
  readonly sign: string;
  /** Whether a response is this page. */
  isIt(page: Page): boolean;
  /**
   * Why an app may send the same page; undefined if no app sends it. A page that an app may send counts only if the
   * sender can be the controller of the path.
   */
  readonly appMay?: string;
  /** `spec.controller` of the IngressClasses that the sender serves. */
  readonly controllers: RegExp;
  /** The upstream file or document that describes the sign. */
  readonly source: string;
}

/**
 * The sender of the pages of SkyServe's load balancer. This load balancer runs in the SkyServe controller, not in an
 * ingress controller.
 */
export const servePage = 'SkyServe';

/** The sender of a page from a default backend. Any controller may pass on such a page. */
const defaultBackend = 'default backend';

const redirects = [301, 302, 307, 308];
const refusals = [400, 401, 403, 404, 413];
const failures = [502, 503, 504];

const text = ({ body }: Page) => body.trim();
const header = ({ headers }: Page, name: string) => String(headers[name] ?? '');

/**
 * Texts that servers in Go send as the whole body. They are from Go's http.StatusText, or from the servers themselves,
 * such as Traefik.
 */
const goTexts: Readonly<Record<number, readonly string[]>> = {
  301: ['Moved Permanently'],
  302: ['Found'],
  307: ['Temporary Redirect'],
  308: ['Permanent Redirect'],
  400: ['Bad Request', '400 Bad Request', 'Client sent an HTTP request to an HTTPS server.'],
  401: ['Unauthorized', '401 Unauthorized'],
  403: ['Forbidden'],
  404: ['404 page not found'],
  413: ['Request Entity Too Large', 'Request body too large'],
  502: ['Bad Gateway'],
  503: ['no available server', 'Service Unavailable'],
  504: ['Gateway Timeout'],
};

/** The second line of HAProxy's built-in error pages, by status. */
const haproxyLines: Readonly<Record<number, string>> = {
  400: 'Your browser sent an invalid request.',
  401: 'You need a valid user and password to access this content.',
  403: 'Request forbidden by administrative rules.',
  404: 'The resource could not be found.',
  413: 'The request entity exceeds the maximum allowed.',
  502: 'The server returned an invalid or incomplete response.',
  503: 'No server is available to handle this request.',
  504: "The server didn't respond in time.",
};

/** The texts of the responses that Envoy creates itself ("local replies"). */
const envoyTexts =
  /^(?:upstream connect error or disconnect\/reset before headers|no healthy upstream|upstream request timeout|RBAC: access denied|Payload Too Large$|Bad Request$|Jwt |filter chain not found)/;

/**
 * Whether Envoy itself wrote the page. Envoy also adds its name to responses of the app. But a response of the app has
 * one more header, with the duration of the app's work.
 */
const isEnvoys = (page: Page) =>
  /^(?:istio-)?envoy$/.test(header(page, 'server')) && page.headers['x-envoy-upstream-service-time'] === undefined;

const isGoogles = (page: Page) => header(page, 'via').includes('1.1 google');

/**
 * Pages that proxies write themselves. The pages with the most certain signs come first. The pages of ingress-nginx
 * 1.11 and Traefik 3.7 were recorded from the controllers in test/node. All other pages are from the sources that they
 * name.
 */
export const controllerPages: readonly ControllerPage[] = [
  {
    sender: 'AWS Application Load Balancer',
    statuses: [...redirects, ...refusals, ...failures],
    sign: '`Server: awselb/2.0`; an answer of the app keeps the header of the app',
    isIt: (page) => header(page, 'server').startsWith('awselb/'),
    controllers: /^(?:ingress\.k8s\.aws|eks\.amazonaws\.com)\/alb$/,
    source:
      'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html; server header: attribute routing.http.response.server.enabled',
  },
  {
    sender: 'Kong',
    statuses: [...redirects, ...refusals, ...failures],
    sign: '`Server: kong/…` without `X-Kong-Upstream-Latency`; JSON with a `message`',
    isIt: (page) => header(page, 'server').startsWith('kong/') && page.headers['x-kong-upstream-latency'] === undefined,
    controllers: /konghq\.com/,
    source: 'Kong kong/runloop/handler.lua (header_filter), kong/error_handlers.lua',
  },
  {
    sender: servePage,
    statuses: [500, 503],
    sign: 'JSON with the `detail` that no replica is ready ("No available replicas" before SkyPilot 0.6), or that three tries failed',
    isIt: (page) =>
      /^\{"detail":"(?:No (?:ready|available) replicas\. Use \\?"sky serve status|Max retries \d+ exceeded\. .*sky serve logs)/s.test(
        text(page),
      ),
    controllers: /(?!)/,
    source: 'SkyPilot sky/serve/load_balancer.py',
  },
  {
    sender: 'linkerd-proxy',
    statuses: [403, ...failures],
    sign: 'the header `L5d-Proxy-Error`',
    isIt: (page) => page.headers['l5d-proxy-error'] !== undefined,
    controllers: /linkerd/,
    source: 'https://linkerd.io/2/reference/proxy-errors/; linkerd2-proxy linkerd/app/core/src/errors/respond.rs',
  },
  {
    sender: 'Istio',
    statuses: [400, 401, 403, 413, ...failures],
    sign: '`Server: istio-envoy` with a text of Envoy and without `X-Envoy-Upstream-Service-Time`; a sidecar writes no `Server`',
    isIt: (page) =>
      (isEnvoys(page) && header(page, 'server') === 'istio-envoy' && envoyTexts.test(text(page))) ||
      (header(page, 'server') === '' && text(page) === 'RBAC: access denied'),
    controllers: /^istio\.io\//,
    source: 'Istio pilot/pkg/networking/core/listener.go (server name); Envoy source/common/router/router.cc',
  },
  {
    sender: 'Istio',
    statuses: [...redirects, 404],
    sign: '`Server: istio-envoy`, an empty body and no `X-Envoy-Upstream-Service-Time`',
    isIt: (page) => isEnvoys(page) && header(page, 'server') === 'istio-envoy' && text(page) === '',
    appMay: 'an Envoy that hides its own headers passes an empty answer of the app on in this form',
    controllers: /^istio\.io\//,
    source: 'Istio pilot/pkg/networking/core/listener.go (server name); Envoy source/common/router/router.cc',
  },
  {
    sender: 'Google Cloud load balancer',
    statuses: [...refusals, ...failures],
    sign: "Google's own error page, or `Via: 1.1 google` with a text of the default backend or of Envoy",
    isIt: (page) =>
      /<h1>Error: (?:Server Error|Not Found|Forbidden|Bad Request)<\/h1>|<title>Error \d{3} \([^)]*\)!!1<\/title>|^response 404 \(backend NotFound\)|^Invalid IAP credentials/.test(
        text(page),
      ) ||
      (isGoogles(page) && (text(page) === 'default backend - 404' || envoyTexts.test(text(page)))),
    controllers: /^(?:networking\.gke\.io|k8s\.io\/ingress-gce)/,
    source:
      'https://cloud.google.com/load-balancing/docs/https/troubleshooting-ext-https-lbs; kubernetes/ingress-gce cmd/404-server; kubernetes/ingress-gce#164',
  },
  {
    sender: 'Envoy',
    statuses: [400, 401, 403, 413, ...failures],
    sign: '`Server: envoy` with a text of Envoy and without `X-Envoy-Upstream-Service-Time`',
    isIt: (page) => isEnvoys(page) && envoyTexts.test(text(page)),
    controllers: /contour|envoyproxy|gloo|getambassador|cilium/,
    source:
      'Envoy source/common/router/router.cc, source/common/http/conn_manager_impl.cc, source/extensions/filters/http/rbac/rbac_filter.cc',
  },
  {
    sender: 'Envoy',
    statuses: [...redirects, 404],
    sign: '`Server: envoy`, an empty body and no `X-Envoy-Upstream-Service-Time`',
    isIt: (page) => isEnvoys(page) && text(page) === '',
    appMay: 'an Envoy that hides its own headers passes an empty answer of the app on in this form',
    controllers: /contour|envoyproxy|gloo|getambassador|cilium/,
    source: 'Envoy source/common/router/router.cc (no route, redirect); Contour internal/envoy/v3/route.go',
  },
  {
    sender: "OpenShift's router",
    statuses: [404, 503],
    sign: 'the headings "Application is not available" and "Application or Document Not Found"',
    isIt: ({ body, status }) =>
      body.includes(
        `<h1>${status === 404 ? 'Application or Document Not Found' : 'Application is not available'}</h1>`,
      ),
    controllers: /^openshift\.io\/ingress-to-route/,
    source: 'openshift/router images/router/haproxy/conf/error-page-503.http, error-page-404.http',
  },
  {
    sender: 'HAProxy',
    statuses: [...refusals, ...failures],
    sign: "HAProxy's built-in pages, by their second line",
    isIt: ({ body, status }) =>
      body.startsWith(`<html><body><h1>${status} `) && body.includes(haproxyLines[status] ?? '\0'),
    controllers: /haproxy|^openshift\.io\/ingress-to-route/,
    source: 'HAProxy src/http.c (http_err_msgs)',
  },
  {
    sender: 'ingress-nginx',
    // ngx_http_auth_request_module answers 500 if the auth-url returned another status than 2xx, 401 or 403.
    statuses: [...redirects, ...refusals, 500, ...failures],
    sign: "nginx's own page without a version (`server_tokens off`)",
    isIt: ({ body }) => /<hr><center>nginx<\/center>/.test(body),
    appMay: 'the nginx of an app with `server_tokens off` sends the same page',
    controllers: /ingress-nginx|^nginx\.org\/|^webapprouting\.kubernetes\.azure\.com\/nginx/,
    source: 'ingress-nginx 1.11 rootfs/etc/nginx/template/nginx.tmpl; nginx src/http/ngx_http_special_response.c',
  },
  {
    sender: 'Traefik',
    statuses: [...redirects, ...refusals, ...failures],
    sign: "no `Server` header, and Go's text for the status as the whole body",
    isIt: (page) => page.headers.server === undefined && (goTexts[page.status] ?? []).includes(text(page)),
    appMay: 'every server in Go may send the same text',
    controllers: /^traefik\.io\//,
    source:
      'Traefik pkg/proxy/httputil/proxy.go, pkg/middlewares/redirect/redirect.go, pkg/middlewares/ipallowlist, pkg/server/service/loadbalancer; Go net/http status.go',
  },
  {
    sender: defaultBackend,
    statuses: [404],
    sign: 'the body `default backend - 404`',
    isIt: (page) => text(page) === 'default backend - 404',
    controllers: /./,
    source: 'registry.k8s.io/defaultbackend: kubernetes/ingress-gce cmd/404-server',
  },
];

/** Responses whose sender cannot be detected, with the reason. */
export const untoldAnswers: readonly { readonly sender: string; readonly statuses: string; readonly why: string }[] = [
  {
    sender: "HAProxy and OpenShift's router",
    statuses: '301, 302, 307, 308',
    why: 'a redirect has no body and no header of its own (HAProxy src/http_ana.c, http_apply_redirect_rule)',
  },
  {
    sender: "OpenShift's router",
    statuses: '400, 401, 403, 413, 502, 504',
    why: "they are HAProxy's pages, and are reported as HAProxy's",
  },
  {
    sender: 'Google Cloud load balancer',
    statuses: '301, 302, 307, 308',
    why: 'a redirect of a FrontendConfig or of a URL map has no sign that was found in a source',
  },
  {
    sender: "F5's NGINX Ingress Controller",
    statuses: 'all',
    why: 'its pages have the version of nginx, as those of an app with nginx have by default',
  },
  {
    sender: 'Envoy, Istio',
    statuses: '400 of a PROXY protocol header or of TLS',
    why: 'Envoy closes such a connection without an answer',
  },
];

/** The proxy that wrote this page itself. Null for any other response: it counts as a response of an app. */
export function controllerPageOf(page: Page): string | null {
  return controllerPages.find(({ statuses, isIt }) => statuses.includes(page.status) && isIt(page))?.sender ?? null;
}

/**
 * Whether the sender itself wrote a response at a path. If an app may send the same page, it counts only if the sender
 * can be the controller.
 * @param controller `spec.controller` of the path's IngressClass; undefined if it is unknown, null if no controller
 * is on the path
 */
export function isOwnAnswer(sender: string, status: number, controller: string | undefined | null): boolean {
  // nginx itself sends 500 only if its auth-url fails, and other code handles this case. Any other 500 is from an app
  // that uses nginx.
  if (status === 500) return false;
  const pages = controllerPages.filter((page) => page.sender === sender && page.statuses.includes(status));
  if (pages.length === 0 || pages.some(({ appMay }) => appMay === undefined)) return true;
  if (controller === null) return false;
  return controller === undefined || pages.some(({ controllers }) => controllers.test(controller));
}

/**
 * Matches the `spec.controller` of controllers whose own pages cannot be recognized. If a response behind such a
 * controller has no known sender, the controller may have sent it.
 */
const unsigned = /^nginx\.org\//;

/**
 * The statuses that proxies send themselves. Behind a known controller, a response with another status is from the app.
 */
const proxyStatuses: readonly number[] = [...redirects, ...refusals, ...failures];

/**
 * Whether a response without a known sender may be from the controller. This is possible if this plugin knows no page
 * of the controller, or no page with this status.
 * @param controller as for `isOwnAnswer`
 */
export function mayBeOwnAnswer(status: number, controller: string | undefined | null): boolean {
  if (controller === null || status < 300) return false;
  const known = controllerPages.filter(
    (page) => page.sender !== defaultBackend && controller !== undefined && page.controllers.test(controller),
  );
  if (known.length === 0) return true;
  if (!proxyStatuses.includes(status)) return false;
  return unsigned.test(controller ?? '') || !known.some(({ statuses }) => statuses.includes(status));
}

/** What servers answer if plain HTTP arrives on a port with TLS: nginx, Go's net/http, Apache and Tomcat. */
const tlsWanted =
  /plain HTTP request was sent to HTTPS port|Client sent an HTTP request to an HTTPS server|speaking plain HTTP to an SSL-enabled server port|combination of host and port requires TLS/i;

/** Whether the response reports that plain HTTP arrived on a port that expects TLS. */
export function saysTlsWanted({ status, body }: Pick<Page, 'status' | 'body'>): boolean {
  return status === 400 && tlsWanted.test(body);
}
