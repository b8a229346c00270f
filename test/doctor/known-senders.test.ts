import test from 'ava';
import { withKnownSenders } from '../../src/doctor/subjects/known-senders.ts';
import { targetsOf } from '../../src/doctor/subjects/probe-targets.ts';
import type { Endpoint } from '../../src/exposure/endpoint.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import type { AddressProbe } from '../../src/snapshot/probe.ts';
import { lookAt, rowAt, seen } from '../helpers/look.ts';
import { train } from '../helpers/requests.ts';
import { skyLoadBalancer, skyPod } from '../helpers/skypilot-objects.ts';

const row = rowAt([skyPod(train), skyLoadBalancer(train, [8888], { ip: '203.0.113.80' })]);
const ingress = { metadata: { name: 'web', namespace: row.namespace }, spec: { ingressClassName: 'web' } };
const routed: Endpoint = {
  ...row,
  mode: 'ingress',
  source: [{ kind: 'Ingress', namespace: row.namespace, name: 'web' }],
};
const at = (controller: string, ...args: readonly string[]) => {
  const look = lookAt([]);
  const ingressClasses = seen([{ metadata: { name: 'web' }, spec: { controller } }]);
  const controllerPods = seen([{ spec: { containers: [{ name: 'traefik', args: [...args] }] } }]);
  return indexSnapshot({
    ...look,
    topics: { ...look.topics, ingresses: seen([ingress]), ingressClasses, controllerPods },
  });
};
const met = (of: Endpoint, page: string, status = 404): AddressProbe => ({
  ...targetsOf(of)[0]!,
  ...{ proxy: null, names: [], connection: { outcome: 'open', code: '' }, certificate: null },
  http: { outcome: 'answered', status, page },
});
const pageOf = (of: Endpoint, probe: AddressProbe, view?: ReturnType<typeof at>) =>
  withKnownSenders([probe], view, [of])[0]!.http!.page;

test('a server in Go behind a load balancer is no Traefik', (t) => {
  t.is(pageOf(row, met(row, 'Traefik')), null);
  t.is(pageOf(row, met(row, 'HAProxy', 503)), 'HAProxy');
});

test('behind an Ingress, its class decides', (t) => {
  t.is(pageOf(routed, met(routed, 'Traefik')), 'Traefik', 'an unknown class');
  t.is(pageOf(routed, met(routed, 'Traefik'), at('traefik.io/ingress-controller')), 'Traefik');
  t.is(pageOf(routed, met(routed, 'Traefik'), at('k8s.io/ingress-nginx')), null);
  t.is(pageOf(routed, met(routed, 'ingress-nginx', 308), at('k8s.io/ingress-nginx')), 'ingress-nginx');
});

test("Traefik's nginx provider serves the class of ingress-nginx, too; AKS's own ingress-nginx has nginx's pages", (t) => {
  const provided = at('k8s.io/ingress-nginx', '--providers.kubernetesingressnginx');
  t.is(pageOf(routed, met(routed, 'Traefik'), provided), 'Traefik');
  t.is(pageOf(routed, met(routed, 'ingress-nginx'), provided), 'ingress-nginx');
  t.is(pageOf(routed, met(routed, 'ingress-nginx'), at('webapprouting.kubernetes.azure.com/nginx')), 'ingress-nginx');
});

test('the answer after a redirect is looked at, too', (t) => {
  const followed = {
    ...{ port: 443, path: '', connection: { outcome: 'open', code: '' } as const, certificate: null },
    http: { outcome: 'answered', status: 404, page: 'Traefik' } as const,
  };
  const [probe] = withKnownSenders([{ ...met(routed, 'ingress-nginx', 308), followed }], at('k8s.io/ingress-nginx'), [
    routed,
  ]);
  t.is(probe!.followed!.http!.page, null);
});

test('the answers without the slash and to websocket handshakes are looked at, too', (t) => {
  const answer = { outcome: 'answered', status: 401, page: 'Traefik' } as const;
  const further = { slashless: answer, websocket: { path: '/ws', own: answer, foreign: answer } };
  const [probe] = withKnownSenders([{ ...met(row, 'Traefik'), ...further }], undefined, [row]);
  const { slashless, websocket } = probe!;
  t.deepEqual([slashless!.page, websocket!.own.page, websocket!.foreign!.page], [null, null, null]);
});
