import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { allChecks } from '../../src/doctor/all-checks.ts';
import { possibleModes } from '../../src/doctor/possible-modes.ts';
import { snapshotFromDump } from '../../src/snapshot/dump.ts';

/** `mode: answer` for each mode of a scenario of the book. */
function answers(scenario: string): Record<string, string> {
  const file = resolve(import.meta.dirname, `../scenarios/${scenario}.yaml`);
  const modes = possibleModes(allChecks, snapshotFromDump(parse(readFileSync(file, 'utf8'))));
  return Object.fromEntries(modes.map(({ mode, possible, because }) => [mode, `${possible} ${because}`.trim()]));
}

for (const [scenario, mode, answer] of [
  ['healthy-ingress', 'ingress', /^yes$/],
  ['preflight-ingress-healthy', 'ingress', /^yes$/],
  ['preflight-ingress-no-class', 'ingress', /^no ingress-class-exists$/],
  ['preflight-ingress-class-of-traefik', 'ingress', /^no ingress-class-owned$/],
  ['ingress-no-external-ip', 'ingress', /^no ingress-external-ip$/],
  ['controller-rke2', 'ingress', /^no ingress-controller-service$/],
  ['ingress-few-permissions', 'ingress', /^not known something may not be seen$/],
  ['healthy-loadbalancer', 'loadbalancer', /^yes another Service here has an address$/],
  ['load-balancer-silent', 'loadbalancer', /^not known no load balancer here has an address yet$/],
  ['preflight-without-create', 'loadbalancer', /^no permissions$/],
  ['preflight-without-create', 'nodeport', /^no permissions$/],
  ['healthy-nodeport', 'nodeport', /^yes$/],
  ['healthy-nodeport-one-namespace', 'nodeport', /^not known nodes may not be seen$/],
  ['healthy-podip', 'podip', /^yes for callers that reach the Pod network$/],
] as const) {
  test(`${scenario}: ${mode}`, (t) => {
    t.regex(answers(scenario)[mode] ?? '', answer);
  });
}

test('faults of SkyPilot clusters do not count: only what every port would need', (t) => {
  t.deepEqual(answers('head-evicted'), answers('healthy-loadbalancer'));
});
