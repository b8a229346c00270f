import test from 'ava';
import { afterWait, awaitedOf } from '../../src/commands/endpoints/serve-ports.ts';
import { afterCalls, settledRows } from '../../src/commands/endpoints/settle.ts';
import { type Answer, answerOf, rowAfterCall } from '../../src/doctor/subjects/answer.ts';
import { targetsOf } from '../../src/doctor/subjects/probe-targets.ts';
import type { Endpoint } from '../../src/exposure/endpoint.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { renderEndpointTable } from '../../src/output/endpoint-table.ts';
import { plainText } from '../../src/output/look.ts';
import { type AddressProbe, probeKey } from '../../src/snapshot/probe.ts';
import { lookAt, rowsAt } from '../helpers/look.ts';
import { planAt, train } from '../helpers/requests.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';

const serve = {
  ...skyNames('default', 'x'),
  displayName: 'sky-serve-controller-1',
  nameOnCloud: 'sky-serve-controller-1-2',
};
const range = Array.from({ length: 20 }, (_, place) => 30_001 + place);
const pod = skyPod(serve);
const rows = rowsAt([pod, skyLoadBalancer(serve, range, { ip: '203.0.113.90' })]);
const inIngressMode = [
  pod,
  ...[30_001, 30_002].map((port) => skyPortService(serve, port)),
  skyIngress(serve, [30_001, 30_002]),
  ingressClass('nginx', 'k8s.io/ingress-nginx'),
  ingressNginxService({ ip: '203.0.113.70' }),
];
const routed = rowsAt(inIngressMode);
const view = indexSnapshot(lookAt(inIngressMode));

const met = (row: Endpoint, changes: Partial<AddressProbe>): Answer => {
  const probe = {
    ...targetsOf(row)[0]!,
    proxy: null,
    names: [],
    connection: null,
    certificate: null,
    http: null,
    ...changes,
  };
  return answerOf(row, new Map([[probeKey(probe), probe]]), view);
};
const open = { outcome: 'open', code: '' } as const;
const http = (status: number, page: string | null = null) =>
  ({ connection: open, http: { outcome: 'answered', status, page } }) as const;
const refused = { connection: { outcome: 'refused', code: 'ECONNREFUSED' } } as const;

test('a port of a SkyServe controller has no backend until it is seen to answer', (t) => {
  t.is(rows.length, 20);
  for (const { state, reason, url } of [...rows, ...routed]) {
    t.deepEqual([state, reason], ['NoBackends', 'opened in advance by SkyServe']);
    t.truthy(url);
  }
});

test('what is wrong with it comes first, and other ports and clusters are as usual', (t) => {
  t.is(rowsAt([pod, skyLoadBalancer(serve, [30_001])])[0]!.state, 'Pending');
  t.regex(
    rowsAt([skyPod(serve, { phase: 'Failed' }), skyLoadBalancer(serve, [30_001], { ip: '203.0.113.9' })])[0]!.reason,
    /Failed/,
  );
  t.is(rowsAt([pod, skyLoadBalancer(serve, [8888], { ip: '203.0.113.9' })])[0]!.state, 'Ready');
  t.is(rowsAt([skyPod(train), skyLoadBalancer(train, [30_001], { ip: '203.0.113.9' })])[0]!.state, 'Ready');
});

test('a call decides: an answer, a page of SkyServe and silence are Ready; a refusal is not', (t) => {
  const [row] = rows as [Endpoint];
  const state = (changes: Partial<AddressProbe>) => rowAfterCall(row, met(row, changes)).state;
  t.is(state(http(200)), 'Ready');
  t.is(state(http(404)), 'Ready');
  t.is(state(http(503, 'SkyServe')), 'Ready');
  t.is(state({ connection: open, http: { outcome: 'silent', status: 0, page: null } }), 'Ready');
  t.is(state(refused), 'NoBackends');
  t.is(state({ connection: open, http: { outcome: 'closed', status: 0, page: null } }), 'NoBackends');
  const [path] = routed as [Endpoint];
  t.is(rowAfterCall(path, met(path, http(502, 'ingress-nginx'))).state, 'NoBackends');
  t.is(met(path, http(502, 'ingress-nginx')).text, 'no service');
  // Here the controller itself refuses, and so does every port behind it.
  t.is(met(path, refused).text, 'refused');
  t.is(rowAfterCall(path, met(path, http(200))).state, 'Ready');
});

const now = { wide: false, withNamespace: false, withHeaders: false, now: '2026-11-02T12:00:00Z' };

test('the table shows the range as one row, unless each port is asked for', (t) => {
  const lines = renderEndpointTable(rows, { ...now, withRanges: true }).map(plainText);
  t.is(lines.length, 2);
  t.regex(lines[0]!, /sky-serve-controller-1 +30001-30020 +loadbalancer +http:\/\/203\.0\.113\.90:PORT +NoBackends/);
  t.regex(lines[1]!, /^ +opened in advance by SkyServe$/);
  t.is(renderEndpointTable(rows, now).length, 40);
  const paths = renderEndpointTable(routed, { ...now, withRanges: true })
    .map(plainText)
    .join('\n');
  t.regex(paths, /30001-30002 .*\/skypilot\/default\/sky-serve-controller-1-2\/PORT\/ /);
});

test('with answers, a port that answers leaves the range', (t) => {
  const answers = afterCalls(new Map(rows.map((row, place) => [row, met(row, place === 1 ? http(200) : refused)])));
  const lines = renderEndpointTable([...answers.keys()], { ...now, withRanges: true, answers }).map(plainText);
  t.regex(lines[0]!, / 30001,30003-30020 .* NoBackends +no service/);
  t.regex(lines[2]!, / 30002 .*:30002 +Ready +200/);
});

const waitsFor = (ports: readonly number[] | undefined) =>
  awaitedOf({ names: [], filter: { ports }, rowFilter: { scopes: undefined, access: undefined }, waitMs: 1 });

test('--wait ignores the ports that are open in advance, unless one is named', (t) => {
  const [app] = rowsAt([skyPod(train), skyLoadBalancer(train, [8888], { ip: '203.0.113.5' })]);
  t.deepEqual(waitsFor(undefined)([...rows, app!]), [app]);
  const named = waitsFor([30_001])(rows.slice(0, 1));
  t.is(named[0]!.state, 'Ready');
  const settled = settledRows(new Map([[named[0]!, met(named[0]!, http(200))]]));
  const waited = { settled, endpoints: named, snapshot: undefined as never, came: true };
  t.is(afterWait(rows.slice(0, 1), waited)[0]!.state, 'Ready');
  t.is(afterWait(rows.slice(0, 1), { ...waited, settled: [] })[0]!.state, 'NoBackends');
  const unused = settledRows(new Map([[routed[0]!, met(routed[0]!, http(502, 'ingress-nginx'))]]));
  t.is(unused[0]!.standing, 'nothing-listens');
});

test('expose says that a controller is no app', (t) => {
  const warnings = planAt([pod], { skyCluster: { ...serve, pods: [] }, ports: '30021' }).warnings;
  t.regex(warnings[0]!, /^this is a SkyServe controller, not an app/);
});
