import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { sameDocument } from '../helpers/same-document.ts';
import { allScenarios, diagnose, diagnosisOfScenario, scenarioNamed } from '../helpers/scenario.ts';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/diagnosis.schema.json'), 'utf8'));
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
const validate = ajv.compile(schema);

test('every diagnosis of the scenario book is as the schema says', async (t) => {
  for (const scenario of allScenarios()) {
    const { diagnosis } = await diagnosisOfScenario(scenario);
    t.true(validate(diagnosis), `${scenario.name}: ${ajv.errorsText(validate.errors)}`);
  }
});

test('the schema refuses what the document may not be', async (t) => {
  const { diagnosis } = await diagnosisOfScenario(scenarioNamed('load-balancer-quota'));
  const broken = [
    { ...diagnosis, extra: true },
    { ...diagnosis, outcome: 'fine' },
    { ...diagnosis, rootCauses: ['Not An Id'] },
    { ...diagnosis, checks: diagnosis.checks.map((check) => ({ ...check, outcome: 'pass' })) },
    { ...diagnosis, checks: diagnosis.checks.map((check) => ({ ...check, reason: 'x' })) },
    { ...diagnosis, metadata: { ...diagnosis.metadata, subject: undefined } },
  ];
  for (const [i, each] of broken.entries()) t.false(validate(JSON.parse(JSON.stringify(each))), `${i}`);
});

test('the document of the contract, key by key', async (t) => {
  const { stdout } = await diagnose(
    scenarioNamed('load-balancer-quota'),
    '-o',
    'json',
    '--only',
    'load-balancer-address',
  );
  const { checks, ...rest } = JSON.parse(stdout);
  const first = (wanted: string) => checks.find(({ outcome }: { outcome: string }) => outcome === wanted);
  // Through a parser, which keeps the order of keys, so that the file may be formatted as all others.
  const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden-diagnosis.json'), 'utf8'));
  const pinned = JSON.stringify(golden, null, 2);
  const made = JSON.stringify({ ...rest, checks: [first('skipped'), first('fail')] }, null, 2);
  sameDocument(t, 'test/doctor/golden-diagnosis.json', made, 'it is the contract of -o json', pinned);
  t.deepEqual(Object.keys(JSON.parse(stdout)), Object.keys(golden));
});

test('objects of a SkyPilot API server are named for what they are, unless a SkyPilot cluster is asked about', async (t) => {
  const scenario = scenarioNamed('api-server-in-the-namespace');
  const [table, named, { diagnosis }] = await Promise.all([
    diagnose(scenario),
    diagnose({ ...scenario, arguments: ['train', '8888'] }),
    diagnosisOfScenario(scenario),
  ]);
  const line =
    /^Service default\/sky-api-service is SkyPilot's API server and Service default\/sky-ingress-controller-np is the ingress controller of SkyPilot's API server, not SkyPilot clusters$/;
  t.regex(table.stdout.split('\n').slice(1, 4).join(' '), line);
  t.notRegex(named.stdout, /API server/);
  t.deepEqual(
    diagnosis.metadata.apiServer.map(({ kind, name, what }) => `${kind} ${name}: ${what}`),
    [
      "Service sky-api-service: SkyPilot's API server",
      "Service sky-ingress-controller-np: the ingress controller of SkyPilot's API server",
    ],
  );
});

test('YAML holds the same document', async (t) => {
  const { parse } = await import('yaml');
  const scenario = scenarioNamed('two-faults-in-two-clusters');
  const { diagnosis } = await diagnosisOfScenario(scenario);
  const { stdout } = await diagnose(scenario, '-o', 'yaml');
  t.deepEqual(parse(stdout), diagnosis);
});

test('a line break in the words of a controller is a space, also in the last line', async (t) => {
  const { topics, ...dump } = JSON.parse(scenarioNamed('load-balancer-quota').text);
  const [event] = topics.events.items;
  const message = 'Error syncing load balancer: AccessDenied: not allowed\r\n\tstatus code: 403, request id: 1';
  const text = JSON.stringify({ ...dump, topics: { ...topics, events: { items: [{ ...event, message }] } } });
  const { stdout } = await diagnose({ text, arguments: ['train', '8888'] });
  t.regex(stdout, /AccessDenied: not allowed\s+status code: 403/);
  t.regex(stdout.trimEnd().split('\n').at(-1)!, /^Not reachable: .*not allowed status code: 403, request id: 1$/);
  t.notRegex(stdout, /\\u00/);
});
