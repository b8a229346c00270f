import test from 'ava';
import { claimsOf } from './claims.ts';
import { judgeTrial, titles } from './invariants.ts';
import { type Chosen, factsFrom, madeUpTrial, outcome, requestsFrom, site } from './made-up-trial.ts';

const lb = `service/${site.C}--skyports-lb`;
const words = 'the upstream is out of breath';
const readsFail = { requests: requestsFrom('!GET pods', '!GET services'), place: 'all reads' } as const;
const write = `PATCH services/${site.C}--skyports-lb`;

const brokenIn = (chosen: Chosen) =>
  judgeTrial(madeUpTrial(chosen)).flatMap(({ title, broken }) => (broken.length > 0 ? [title] : []));
const triedIn = (chosen: Chosen) => judgeTrial(madeUpTrial(chosen)).map(({ title }) => title);

/** Trials that break each promise, one by one. */
const breaking: Readonly<Record<string, Chosen>> = {
  'The command ends by itself within 10 seconds': { first: undefined },
  'Nothing is lost that was not to be removed': { after: factsFrom(`${lb}: uid 1 | port 9001/TCP to 9001`) },
  'Exit code 0 only if the goal is reached on the real server': { first: outcome(0, '', `${lb} ${words}`) },
  'Nothing is reported as done that is not done on the real server': {
    first: outcome(1, `${lb} changed\n`, `error: ${words}`),
  },
  'Exit code 2 (misused) never': { first: outcome(2, '', `error: ${lb}: ${words}`) },
  'No stack trace': { first: outcome(1, '', `error: ${lb}: ${words}\n    at Object.<anonymous> (a.ts:1:1)`) },
  'No control character in the output': { first: outcome(1, '', `error: ${lb}: ${words} \u202e`) },
  'An answer that is only slow changes nothing': { fault: 'an answer that drips' },
  'The same command without the fault then reaches the goal': { second: outcome(1) },
  'If Pods or Services cannot be read, the command fails with exit code 1': {
    ...readsFail,
    first: outcome(4, '', words),
  },
  'It then shows what the server said, or calls the answer unexpected': {
    ...readsFail,
    first: outcome(1, '', 'error: no idea'),
  },
  'It then concludes nothing about what exists': {
    ...readsFail,
    first: outcome(1, '', `error: ${words}: SkyPilot cluster "train" was not found`),
  },
  'What is unknown because another list failed carries what the server said': {
    requests: requestsFrom('GET pods', '!GET /api/v1/nodes'),
    first: outcome(4, '', 'warning: nodes were not seen'),
  },
  'The doctor calls nothing healthy if the EndpointSlices could not be read': {
    command: 'doctor NAME',
    requests: requestsFrom('GET pods', '!GET /apis/discovery.k8s.io/v1/endpointslices'),
    first: outcome(0),
  },
  'Only a missing permission is called one': {
    first: outcome(1, '', `${lb} ${words}; kubectl auth can-i patch services`),
  },
  'A missing permission to read ends with exit code 4 and names the permission': {
    ...readsFail,
    fault: '403 of RBAC',
    first: outcome(4, '', `error: ${words}`),
  },
  'An expired login is called one': {
    ...readsFail,
    fault: '401 with a Status',
    first: outcome(1, '', 'error: Unauthorized'),
  },
  'A redirect is never followed': { fault: 'redirect 307', askedElsewhere: 1 },
  'A write that was answered by 409, or by 429 or 503 with Retry-After, is sent again': {
    fault: '429 with Retry-After',
  },
  'A write that is refused fails the command': { first: outcome(0, '', `${lb} ${words}`) },
  'The object that was refused is named': { first: outcome(1, '', `error: ${words}`) },
  'What the server said of the write is shown, or called unexpected': { first: outcome(1, '', `error: ${lb} refused`) },
  'A failed command names each object that it changed or left behind': {
    after: factsFrom(`${lb}: uid 1 | port 9000/TCP to 9000 | port 9001/TCP to 9001`, 'service/new: port 80'),
  },
};

test('a trial in which all is well breaks nothing', (t) => {
  t.deepEqual(brokenIn({}), []);
});

test('every promise has a trial that breaks it', (t) => {
  t.deepEqual(Object.keys(breaking), titles);
});

for (const [title, chosen] of Object.entries(breaking)) {
  test(`can fail: ${title}`, (t) => {
    t.true(brokenIn(chosen).includes(title), brokenIn(chosen).join('\n'));
  });
}

test('a permission that is missing may be called so, and named with exit code 4', (t) => {
  const first = outcome(4, '', `error: pods were not seen (${words}): kubectl auth can-i list pods -n default`);
  t.deepEqual(brokenIn({ ...readsFail, fault: '403 of RBAC', first }), []);
});

test('what a true API server may answer may be believed', (t) => {
  const command = 'prune';
  const gone = 'service/gone-2ea485ef--skyports-lb';
  const before = factsFrom(`${gone}: port 80/TCP to 80`);
  const first = outcome(0, `${gone} deleted\n`);
  const chosen = { command, before, after: before, final: new Map(), first };
  const requests = requestsFrom('!DELETE services/gone-2ea485ef--skyports-lb');
  t.deepEqual(brokenIn({ ...chosen, requests, fault: '404 that names the object' }), []);
  t.true(brokenIn({ ...chosen, requests, fault: '404 of a gateway' }).length > 0);
});

test('a write whose answer was lost is no refusal if it is done', (t) => {
  const after = factsFrom(`${lb}: uid 1 | port 9000/TCP to 9000`);
  const chosen = { fault: 'reset after the server did it', after };
  t.false(triedIn(chosen).includes('A write that is refused fails the command'));
  t.true(brokenIn({ ...chosen, first: outcome(1, '', 'error: socket hang up') }).length > 0);
  t.deepEqual(brokenIn({ ...chosen, requests: requestsFrom(`!${write}`), first: outcome(0, `${lb} changed`) }), []);
});

test('the last claim about an object counts, and a denial is none', (t) => {
  const text =
    'service/a created\nservice/a deleted\nnot done: service/b deleted\ningress.networking.k8s.io/c changed\n';
  t.deepEqual(claimsOf(outcome(1, text)), [
    { object: 'service/a', effect: 'deleted' },
    { object: 'ingress/c', effect: 'changed' },
  ]);
});
