import test, { type ExecutionContext } from 'ava';
import { newUser, requestsOf } from '../helpers/cluster.ts';
import { asDocumented, requestsIn, rowsBelow } from '../helpers/requests-document.ts';
import { recordingRounds } from '../helpers/rounds.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { type SkyPilotNames, skyIngress, skyLoadBalancer, skyPortService } from '../helpers/skypilot-objects.ts';
import {
  giveAddress,
  make,
  makeIngressNginx,
  powerfulUser,
  untilBackendReady,
  withSkyCluster,
} from '../helpers/world.ts';

const everyMode = rowsBelow('## Every mode');
const ingressMode = rowsBelow('## Ingress mode');
const totals = new Map(rowsBelow('# Requests of `doctor NAME`').map(([path, ...numbers]) => [path, numbers]));

/** Runs `doctor`, and compares its requests with those in docs/requests.md. */
async function compare(t: ExecutionContext, { namespace }: SkyPilotNames, path: string, rows: string[][]) {
  const user = await powerfulUser(namespace);
  const { value, sent } = await recordingRounds(() =>
    skyports(['doctor', 'train', '-o', 'json'], { kubeconfig: user.kubeconfig }),
  );
  t.is(value.code, 0, value.stdout);
  const documented = rows.map(([request, round]) => `${round}: ${requestsIn(request!)[0]}`);
  const audited = (await requestsOf(user.name)).map(({ verb, uri }) => `${verb === 'create' ? 'POST' : 'GET'} ${uri}`);
  const rounds = new Map(sent.map(({ text, round }) => [text, round]));
  // Node does not report the request that opens a connection of HTTP/2. No answer comes before it.
  const opening = audited.filter((text) => !rounds.has(text));
  t.true(opening.length <= 1, opening.join());
  const made = audited.map((text) => `${rounds.get(text) ?? 1}: ${asDocumented(text, namespace)}`);
  t.deepEqual(made.sort(), documented.sort());
  const last = Math.max(...rounds.values());
  t.deepEqual([`${audited.length}`, `${last}`], totals.get(path)?.slice(0, 2));
  return { requests: audited.length, rounds: last };
}

async function withLoadBalancer(): Promise<SkyPilotNames> {
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  await make(skyLoadBalancer(names, [8888]));
  await giveAddress(namespace, `${nameOnCloud}--skypilot-lb`);
  await untilBackendReady(namespace, `${nameOnCloud}--skypilot-lb`);
  return names;
}

test.serial('a healthy path with a load balancer needs at most 14 requests, in one round', async (t) => {
  const { requests, rounds } = await compare(t, await withLoadBalancer(), 'load balancer', everyMode);
  t.true(requests <= 14 && rounds === 1, `${requests} requests in ${rounds} rounds`);
});

test.serial('a healthy path with an Ingress needs at most 16 requests, in two rounds', async (t) => {
  const names = await withSkyCluster();
  await makeIngressNginx();
  await make(skyPortService(names, 8888), skyIngress(names, [8888]));
  await untilBackendReady(names.namespace, `${names.nameOnCloud}--skypilot-svc--8888`);
  const rows = [...everyMode, ...ingressMode];
  const { requests, rounds } = await compare(t, names, 'Ingress of ingress-nginx', rows);
  t.true(requests <= 16 && rounds === 2, `${requests} requests in ${rounds} rounds`);
});

test.serial('Pod IPs and NodePorts need one round', async (t) => {
  await compare(t, await withSkyCluster(), 'Pod IP', everyMode);
  const names = await withSkyCluster();
  const { metadata, spec, ...service } = skyLoadBalancer(names, [8888]);
  await make({ ...service, metadata: { ...metadata, name: 'web' }, spec: { ...spec, type: 'NodePort' } });
  await untilBackendReady(names.namespace, 'web');
  await compare(t, names, 'NodePort', everyMode);
});

test.serial('a file, a wait, a fix and Roles have the lists of the whole namespace', async (t) => {
  const { namespace } = await withLoadBalancer();
  for (const flags of [
    ['--save', '/dev/null'],
    ['--wait=1s'],
    ['--fix', '--dry-run'],
    ['--print-role'],
    ['--mode', 'nodeport'],
  ]) {
    const user = await powerfulUser(namespace);
    await skyports(['doctor', 'train', ...flags], { kubeconfig: user.kubeconfig });
    const resources = (await requestsOf(user.name)).map(({ resource }) => resource);
    t.true(resources.includes('ingressclasses') && resources.includes('deployments'), flags.join(' '));
  }
});

test.serial('what a user may write is read from the rules, and the same as by access reviews', async (t) => {
  const rules = [
    { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list', 'create', 'patch'] },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['*'], resourceNames: ['other'] },
    { apiGroups: ['*'], resources: ['ingresses'], verbs: ['list'] },
  ];
  const { namespace } = await withSkyCluster();
  const user = await newUser(namespace, { rules });
  const permissions = async (...flags: string[]) => {
    const { stdout } = await skyports(['doctor', 'train', ...flags, '-o', 'json'], { kubeconfig: user.kubeconfig });
    const { findings } = JSON.parse(stdout).checks.find(({ id }: { id: string }) => id === 'permissions');
    const messages = findings.map(({ message }: { message: string }) => message) as string[];
    return messages.filter((each) => /create|patch|delete/.test(each));
  };
  const byRules = await permissions();
  t.true(
    byRules.some((each) => each.includes('ingresses')) && byRules.some((each) => /delete\b.*services/.test(each)),
    byRules.join(),
  );
  t.deepEqual(byRules, await permissions('--save', '/dev/null'));
});
