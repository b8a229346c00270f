import test from 'ava';
import { diagnose, diagnosisOfScenario, scenarioNamed } from '../helpers/scenario.ts';

test('the guide’s own first check, word for word', async (t) => {
  const { stdout } = await diagnose(scenarioNamed('ingress-no-external-ip'));
  const lines = stdout.split('\n');
  t.is(lines[0], 'context prod, namespace default · train (train-2ea485ef) port 8888 · mode ingress');
  t.is(
    lines.slice(5, 10).join('\n'),
    `\
✖ the ingress controller has an EXTERNAL-IP                    ingress-external-ip
    Service ingress-nginx/ingress-nginx-controller is of type NodePort and has no external address,
    so SkyPilot prints http://localhost:32080/skypilot/default/train-2ea485ef/8888
    writes the ExternalIP of node gpu-1 →
      kubectl skyports annotate 203.0.113.7`,
  );
  t.is(lines.at(-3), 'root cause: ingress-external-ip. 1 error, 0 warnings.');
  t.regex(lines.at(-2)!, /^Not reachable: Service ingress-nginx\/ingress-nginx-controller is of type NodePort /);
});

/** Scenario, check, the command it offers. */
const commands = [
  ['ingress-no-external-ip', 'ingress-external-ip', 'kubectl skyports annotate 203.0.113.7'],
  ['ingress-external-ip-local-policy', 'ingress-external-ip', 'kubectl skyports annotate 203.0.113.8'],
  [
    'ingress-external-ip-in-progress',
    'ingress-external-ip',
    'kubectl get service ingress-nginx-controller -n ingress-nginx --watch',
  ],
  ['annotation-scheme', 'external-ip-annotation-valid', 'kubectl skyports annotate 203.0.113.7'],
  ['annotation-port', 'external-ip-annotation-valid', 'kubectl skyports annotate train.example.com'],
  ['annotation-ipv6', 'external-ip-annotation-valid', 'kubectl skyports annotate 203.0.113.7'],
  ['annotation-and-load-balancer', 'external-ip-annotation-effective', 'kubectl skyports annotate --remove'],
  ['controller-elsewhere', 'ingress-controller-service', 'kubectl skyports annotate --signpost 203.0.113.70'],
  ['controller-is-traefik', 'ingress-controller-service', 'kubectl skyports annotate --signpost 203.0.113.70'],
  ['controller-rke2', 'ingress-controller-service', 'kubectl skyports annotate --signpost 203.0.113.11'],
  [
    'controller-ports-unnamed',
    'ingress-controller-ports',
    `kubectl patch service ingress-nginx-controller -n ingress-nginx -p '{"spec":{"ports":[{"name":"http","port":80},{"name":"https","port":443}]}}'`,
  ],
  [
    'controller-clusterip',
    'ingress-controller-ports',
    `kubectl patch service ingress-nginx-controller -n ingress-nginx -p '{"spec":{"type":"NodePort"}}'`,
  ],
  [
    'own-ingress-password-missing',
    'http-answers',
    'kubectl skyports expose train 8888 -n default --mode ingress --auth basic',
  ],
  [
    'ingress-class-of-another-name',
    'ingress-class-exists',
    'kubectl skyports expose train 8888 -n default --mode ingress --ingress-class nginx-public',
  ],
  [
    'ingress-host-conflict',
    'ingress-host-conflict',
    'kubectl skyports expose train 8888 -n default --mode ingress --beside-skypilot',
  ],
  ['sky-cannot-add-ports', 'sky-can-add-ports', 'kubectl skyports expose train PORT -n default'],
] as const;
for (const [name, id, command] of commands) {
  test(`${name}: ${command}`, async (t) => {
    const { diagnosis } = await diagnosisOfScenario(scenarioNamed(name));
    t.is<string | null | undefined, string>(
      diagnosis.checks.find((check) => check.id === id)?.findings[0]?.cures[0]?.command,
      command,
    );
  });
}

test('a finding rests on the event, with count and time', async (t) => {
  const { diagnosis } = await diagnosisOfScenario(scenarioNamed('ingress-annotation-rejected'));
  const [finding] = diagnosis.checks.find(({ id }) => id === 'ingress-accepted')!.findings;
  t.like(finding!.evidence[0], {
    event: { reason: 'AnnotationParsingFailed', count: 12, lastSeen: '2026-11-24T11:58:00Z' },
  });
});

for (const [name, note] of [
  ['ingress-deleted', 'creates an Ingress with its own path'],
  ['ingress-path-without-namespace', "shows the URL that works; SkyPilot's own is right again after a new launch"],
] as const) {
  test(`${name}: what the command for the path does`, async (t) => {
    const { diagnosis } = await diagnosisOfScenario(scenarioNamed(name));
    const check = diagnosis.checks.find(({ id }) => id === 'ingress-path-current');
    t.deepEqual(
      check?.findings.flatMap(({ cures }) => cures.map((cure) => cure.note)),
      [note],
    );
  });
}
