import test from 'ava';
import {
  controllerPageOf,
  controllerPages,
  isOwnAnswer,
  type Page,
  saysTlsWanted,
  untoldAnswers,
} from '../../src/platforms/controller-pages.ts';

const nginx = (title: string) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
const haproxy = (title: string, line: string) => `<html><body><h1>${title}</h1>\n${line}\n</body></html>\n`;
const answer = (status: number, body = '', headers: Page['headers'] = {}): Page => ({ status, body, headers });
const envoy = { server: 'envoy' };
const fromApp = { server: 'envoy', 'x-envoy-upstream-service-time': '3' };

const senders: Readonly<Record<string, [page: Page, sender: string | null]>> = {
  "nginx's 308": [answer(308, nginx('308 Permanent Redirect')), 'ingress-nginx'],
  "nginx's 400": [answer(400, nginx('400 Bad Request')), 'ingress-nginx'],
  "nginx's 401": [answer(401, nginx('401 Authorization Required')), 'ingress-nginx'],
  "nginx's 403": [answer(403, nginx('403 Forbidden')), 'ingress-nginx'],
  "nginx's 413": [answer(413, nginx('413 Request Entity Too Large')), 'ingress-nginx'],
  "nginx's 504": [answer(504, nginx('504 Gateway Time-out')), 'ingress-nginx'],
  "an app's nginx": [answer(404, nginx('404 Not Found').replace('nginx<', 'nginx/1.27.1<')), null],
  "nginx's 500": [answer(500, nginx('500 Internal Server Error')), 'ingress-nginx'],
  'a page of an app that quotes nginx': [answer(501, nginx('501 Not Implemented')), null],
  "Traefik's redirect": [answer(301, 'Moved Permanently'), 'Traefik'],
  "Traefik's 403": [answer(403, 'Forbidden'), 'Traefik'],
  "Traefik's 503": [answer(503, 'no available server\n'), 'Traefik'],
  "a Go app's 404 with a name": [answer(404, '404 page not found\n', { server: 'gin' }), null],
  "HAProxy's 400": [answer(400, haproxy('400 Bad request', 'Your browser sent an invalid request.')), 'HAProxy'],
  "HAProxy's 503": [
    answer(503, haproxy('503 Service Unavailable', 'No server is available to handle this request.')),
    'HAProxy',
  ],
  "another page in HAProxy's form": [answer(503, haproxy('503 Service Unavailable', 'We are closed.')), null],
  "OpenShift's 503": [
    answer(503, '<html>\n <body>\n <div>\n <h1>Application is not available</h1>\n'),
    "OpenShift's router",
  ],
  "OpenShift's 404": [answer(404, '<h1>Application or Document Not Found</h1>'), "OpenShift's router"],
  "Envoy's 503": [
    answer(503, 'upstream connect error or disconnect/reset before headers. reset reason: connection failure', envoy),
    'Envoy',
  ],
  "Envoy's 504": [answer(504, 'upstream request timeout', envoy), 'Envoy'],
  "Envoy's 404": [answer(404, '', envoy), 'Envoy'],
  "an app's 404 through Envoy": [answer(404, '', fromApp), null],
  "an app's 503 through Envoy": [answer(503, 'no healthy upstream', fromApp), null],
  "Istio's gateway": [answer(503, 'no healthy upstream', { server: 'istio-envoy' }), 'Istio'],
  "Istio's gateway without a route": [answer(404, '', { server: 'istio-envoy' }), 'Istio'],
  "Istio's sidecar": [answer(403, 'RBAC: access denied'), 'Istio'],
  "Linkerd's proxy": [answer(403, '', { 'l5d-proxy-error': 'unauthorized request on route' }), 'linkerd-proxy'],
  "Kong's 404": [answer(404, '{"message":"no Route matched with those values"}', { server: 'kong/3.9.1' }), 'Kong'],
  "an app's 404 through Kong": [answer(404, '', { server: 'kong/3.9.1', 'x-kong-upstream-latency': '2' }), null],
  "ALB's 404": [answer(404, '', { server: 'awselb/2.0' }), 'AWS Application Load Balancer'],
  "ALB's redirect": [answer(301, '', { server: 'awselb/2.0' }), 'AWS Application Load Balancer'],
  "Google's 502": [
    answer(502, '<html><head></head><body><h1>Error: Server Error</h1>\n<h2>The server encountered a temporary error'),
    'Google Cloud load balancer',
  ],
  "GKE's 404": [answer(404, 'default backend - 404', { via: '1.1 google' }), 'Google Cloud load balancer'],
  "GKE's newer 404": [
    answer(404, 'response 404 (backend NotFound), service rules for the path non-existent \n'),
    'Google Cloud load balancer',
  ],
  'a default backend': [answer(404, 'default backend - 404'), 'default backend'],
  "an app's 503": [answer(503, 'loading the model'), null],
  "an app's 200 behind ALB": [answer(200, 'hello', { server: 'awselb/2.0' }), null],
};
for (const [name, [page, sender]] of Object.entries(senders)) {
  test(`${name}: ${sender ?? 'the app'}`, (t) => {
    t.is(controllerPageOf(page), sender);
  });
}

test('a page that an app may send counts only if its sender may be the controller of the path', (t) => {
  t.true(isOwnAnswer('ingress-nginx', 404, 'k8s.io/ingress-nginx'));
  t.true(isOwnAnswer('ingress-nginx', 404, undefined), 'the class is unknown');
  t.false(isOwnAnswer('ingress-nginx', 404, 'traefik.io/ingress-controller'));
  t.false(isOwnAnswer('Traefik', 404, 'k8s.io/ingress-nginx'), 'a server in Go behind ingress-nginx');
  t.false(isOwnAnswer('Traefik', 404, null), 'a server in Go behind a load balancer');
  t.false(
    isOwnAnswer('ingress-nginx', 500, 'k8s.io/ingress-nginx'),
    'the nginx of an app, unless a login is asked for',
  );
  t.true(isOwnAnswer('HAProxy', 503, null), 'no app sends that page');
  t.true(isOwnAnswer('Envoy', 503, 'k8s.io/ingress-nginx'), 'a text of Envoy');
  t.false(isOwnAnswer('Envoy', 404, 'k8s.io/ingress-nginx'), 'an empty 404');
  t.true(isOwnAnswer('something saved by another version', 404, null));
});

test('plain HTTP at a TLS port is told by the words of the server', (t) => {
  const words = 'Client sent an HTTP request to an HTTPS server.';
  t.true(saysTlsWanted({ status: 400, body: nginx('400 The plain HTTP request was sent to HTTPS port') }));
  t.true(saysTlsWanted({ status: 400, body: words }));
  t.false(saysTlsWanted({ status: 404, body: words }));
  t.false(saysTlsWanted({ status: 400, body: nginx('400 Bad Request') }));
});

test('every sign has its source, and every status of an untold answer is of a sender that is known', (t) => {
  for (const { sender, source, sign } of controllerPages) {
    t.regex(source, /\S{5}/, sender);
    t.notRegex(sign + source, /\|/, sender);
  }
  for (const { why } of untoldAnswers) t.regex(why, /\S{3} \S/);
});
