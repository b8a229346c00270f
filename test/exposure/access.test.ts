import test from 'ava';
import type { Ingress, IngressClass } from 'kubernetes-types/networking/v1';
import { accessListOf, accessValues } from '../../src/exposure/access.ts';
import { ingressControllers } from '../../src/exposure/controllers/known-controllers.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { withControllersJudged } from '../../src/modes/ingress/controller-pods.ts';
import { resolveEndpoints } from '../../src/modes/resolve-endpoints.ts';
import { nginx, plain, published, usual } from '../helpers/ingress-world.ts';
import { type KubernetesObject, lookAt, rowAt, seen } from '../helpers/look.ts';
import { train } from '../helpers/requests.ts';
import { skyLoadBalancer, skyPod, skyPortService } from '../helpers/skypilot-objects.ts';

const pod = skyPod(train);
const service = skyPortService(train, 8888);

interface Behind {
  readonly controller?: string;
  readonly ofIngress?: Record<string, string>;
  readonly ofService?: Record<string, string>;
  readonly unseen?: readonly 'ingressClasses'[];
}

/** The access of SkyPilot's port behind a controller, with annotations. */
function accessBehind({ controller, ofIngress = {}, ofService = {}, unseen = [] }: Behind): string {
  const shown = published({ ip: '203.0.113.9' });
  const ingress: Ingress = { ...shown, metadata: { ...shown.metadata, annotations: ofIngress } };
  const ingressClass: IngressClass = { ...nginx, ...(controller && { spec: { controller } }) };
  const behind = { ...service, metadata: { ...service.metadata, annotations: ofService } };
  const objects: KubernetesObject[] = [pod, behind, ingress, ingressClass, ...(controller ? [] : [usual])];
  return rowAt(objects, { unseen }).access.join(',');
}

const own = (key: string) => `nginx.ingress.kubernetes.io/${key}`;
const controllers = Object.fromEntries(ingressControllers.map(({ product, controller }) => [product, controller]));
const at = (product: string) => ({ controller: controllers[product]! });

const cases: Readonly<Record<string, [Behind, access: string]>> = {
  'nothing asks': [{}, 'none'],
  'a password': [{ ofIngress: { [own('auth-type')]: 'basic', [own('auth-secret')]: 'users' } }, 'password'],
  'an auth URL': [{ ofIngress: { [own('auth-url')]: 'http://10.96.0.5/oauth2/auth' } }, 'external'],
  'an auth URL that is empty': [{ ofIngress: { [own('auth-url')]: '' } }, 'none'],
  'an allow-list': [{ ofIngress: { [own('whitelist-source-range')]: '198.51.100.0/24' } }, 'allow-list'],
  'its new name': [{ ofIngress: { [own('allowlist-source-range')]: '198.51.100.0/24' } }, 'allow-list'],
  'an allow-list of every address': [
    { ofIngress: { [own('whitelist-source-range')]: '10.0.0.0/8, 0.0.0.0/0' } },
    'none',
  ],
  'a list of addresses that may not call': [
    { ofIngress: { [own('denylist-source-range')]: '198.51.100.0/24' } },
    'none',
  ],
  'both, in this order': [
    { ofIngress: { [own('whitelist-source-range')]: '198.51.100.0/24', [own('auth-type')]: 'basic' } },
    'password,allow-list',
  ],
  'a client certificate': [{ ofIngress: { [own('auth-tls-secret')]: 'default/ca' } }, 'unknown'],
  'a snippet that asks': [{ ofIngress: { [own('configuration-snippet')]: 'auth_request /check;' } }, 'unknown'],
  'a snippet that does not ask': [
    { ofIngress: { [own('configuration-snippet')]: 'more_set_headers "X-A: b";' } },
    'none',
  ],
  "Traefik ignores ingress-nginx's annotation": [
    { ...at('Traefik'), ofIngress: { [own('auth-type')]: 'basic' } },
    'none',
  ],
  "Traefik's nginx provider reads it": [
    { ...at("Traefik's nginx provider"), ofIngress: { [own('auth-type')]: 'basic' } },
    'password',
  ],
  'a middleware of Traefik': [
    {
      ...at('Traefik'),
      ofIngress: { 'traefik.ingress.kubernetes.io/router.middlewares': 'default-auth@kubernetescrd' },
    },
    'unknown',
  ],
  "HAProxy Technologies' password": [
    { ...at("HAProxy Technologies' ingress controller"), ofIngress: { 'haproxy.org/auth-type': 'basic-auth' } },
    'password',
  ],
  'a value that HAProxy refuses': [
    { ...at("HAProxy Technologies' ingress controller"), ofIngress: { 'haproxy.org/auth-type': 'basic' } },
    'none',
  ],
  'HAProxy Ingress, by the Service': [
    { ...at('HAProxy Ingress'), ofService: { 'haproxy-ingress.github.io/auth-url': 'http://10.96.0.5' } },
    'external',
  ],
  "F5's password": [
    { ...at("F5's NGINX Ingress Controller"), ofIngress: { 'nginx.org/basic-auth-secret': 'users' } },
    'password',
  ],
  'plugins of Kong, by the Service': [{ ...at('Kong'), ofService: { 'konghq.com/plugins': 'key-auth' } }, 'unknown'],
  'a BackendConfig of GKE': [
    { ...at('GKE Ingress'), ofService: { 'cloud.google.com/backend-config': '{"default":"iap"}' } },
    'unknown',
  ],
  'OIDC of an ALB, and its ranges': [
    {
      ...at('AWS Load Balancer Controller'),
      ofIngress: {
        'alb.ingress.kubernetes.io/auth-type': 'oidc',
        'alb.ingress.kubernetes.io/inbound-cidrs': '198.51.100.0/24',
      },
    },
    'allow-list,external',
  ],
  'an ALB that does not ask': [
    { ...at('AWS Load Balancer Controller'), ofIngress: { 'alb.ingress.kubernetes.io/auth-type': 'none' } },
    'none',
  ],
  "OpenShift's router": [
    {
      ...at("OpenShift's router"),
      ofIngress: { 'haproxy.router.openshift.io/ip_allowlist': '198.51.100.0/24 10.0.0.1' },
    },
    'allow-list',
  ],
  'a tailnet': [at('the Tailscale operator'), 'unknown'],
  'Funnel opens it to everybody': [
    { ...at('the Tailscale operator'), ofIngress: { 'tailscale.com/funnel': 'true' } },
    'none',
  ],
  'an unknown controller': [{ controller: 'example.com/proxy' }, 'none'],
  'an unknown controller, with an annotation that may ask': [
    { controller: 'example.com/proxy', ofIngress: { 'example.com/oidc-client': 'a' } },
    'unknown',
  ],
  'a class that may not be seen': [
    { ofIngress: { [own('auth-type')]: 'basic' }, unseen: ['ingressClasses'] },
    'unknown',
  ],
};
for (const [title, [behind, access]] of Object.entries(cases)) {
  test(`access behind an Ingress: ${title}`, (t) => {
    t.is(accessBehind(behind), access);
  });
}

const ranges = (
  annotations: Record<string, string>,
  spec: object = { loadBalancerSourceRanges: ['198.51.100.0/24'] },
) => {
  const balanced = skyLoadBalancer(train, [8888], { ip: '203.0.113.5' });
  return rowAt([
    pod,
    { ...balanced, metadata: { ...balanced.metadata, annotations }, spec: { ...balanced.spec, ...spec } },
  ]);
};

test('access of a load balancer: source ranges, and firewalls outside the cluster', (t) => {
  t.deepEqual(ranges({}).access, ['allow-list']);
  t.deepEqual(ranges({}, {}).access, ['none']);
  t.deepEqual(ranges({}, { loadBalancerSourceRanges: ['0.0.0.0/0'] }).access, ['none']);
  t.deepEqual(ranges({ 'service.cilium.io/src-ranges-policy': 'deny' }).access, ['none']);
  t.deepEqual(ranges({ 'service.beta.kubernetes.io/azure-allowed-ip-ranges': '198.51.100.0/24' }, {}).access, [
    'allow-list',
  ]);
  t.deepEqual(ranges({ 'service.beta.kubernetes.io/aws-load-balancer-security-groups': 'sg-1' }, {}).access, [
    'unknown',
  ]);
  const external = { loadBalancerSourceRanges: ['198.51.100.0/24'], externalIPs: ['203.0.113.6'] };
  t.deepEqual(ranges({}, external).access, ['none'], 'kube-proxy does not apply the ranges to externalIPs');
});

test('a Service in a tailnet is private, and the policy of the tailnet is unknown', (t) => {
  const tailnet = { ...skyLoadBalancer(train, [8888], { hostname: 'train.tail1234.ts.net' }) };
  tailnet.spec = { ...tailnet.spec, loadBalancerClass: 'tailscale' };
  t.like(rowAt([pod, tailnet]), { scope: 'private', access: ['unknown'] });
});

test('the source ranges of the controller limit every port behind it', (t) => {
  const limited = { ...usual, spec: { ...usual.spec, loadBalancerSourceRanges: ['198.51.100.0/24'] } };
  t.deepEqual(rowAt([pod, service, plain, nginx, limited]).access, ['allow-list']);
});

test('without the list of Ingresses, access is unknown', (t) => {
  t.deepEqual(rowAt([pod, service], { unseen: ['ingresses'] }).access, ['unknown']);
});

test('middlewares of an entry point of Traefik may ask every caller', (t) => {
  const look = lookAt([pod, service, plain, nginx, usual]);
  const accessWith = (...args: string[]) => {
    const metadata = { name: 'c', namespace: 'ingress-nginx', labels: usual.spec?.selector ?? {} };
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    const controllerPods = seen([{ metadata, spec: { containers: [{ name: 'traefik', args }] }, status }]);
    const view = indexSnapshot({ ...look, topics: { ...look.topics, controllerPods } });
    return withControllersJudged(view, resolveEndpoints(view))[0]!.access;
  };
  t.deepEqual(accessWith('--entryPoints.web.http.middlewares=auth@file'), ['unknown']);
  t.deepEqual(accessWith('--entryPoints.web.address=:8000'), ['none']);
});

test('the list is sorted, and none stands alone', (t) => {
  t.deepEqual(accessListOf([]), ['none']);
  t.deepEqual(accessListOf(['none', 'app', 'password', 'app']), ['password', 'app']);
  t.deepEqual(accessListOf(accessValues), ['password', 'allow-list', 'external', 'app', 'unknown']);
});
