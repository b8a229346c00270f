import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { recordingRounds } from '../helpers/rounds.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { skyIngress, skyPortService } from '../helpers/skypilot-objects.ts';
import { make, makeIngressNginx, powerfulUser, withSkyCluster } from '../helpers/world.ts';

interface Case {
  readonly args: readonly string[];
  /** The call in docs/requests.md, which says how many round trips it takes. */
  readonly call: string;
  /** The arguments of an earlier call, which is not counted. */
  readonly earlier?: readonly string[];
}

const open = ['expose', 'train', '8000', '--wait=0', '--mode=ingress'];
const basic = ['--wait=0', '--mode=ingress', '--auth=basic', '--allow-plain-http'];
const withPassword = ['expose', 'train', '8000', ...basic];

// How often a command waits for answers before it sends the next requests. Over a VPN of 100 ms, each takes 100 ms.
const cases: readonly Case[] = [
  { call: '`--mode nodeport`', args: ['expose', 'train', '8000', '--wait=0', '--mode=nodeport'] },
  { call: '`--mode loadbalancer`', args: ['expose', 'train', '8000', '--wait=0', '--mode=loadbalancer'] },
  { call: '`--mode ingress`', args: open },
  {
    call: '`--mode ingress`, another target port',
    args: ['expose', 'train', '8000:9090', '--wait=0', '--mode=ingress'],
    earlier: open,
  },
  {
    call: '`--mode ingress --source-range`, for an open port',
    args: [...open, '--source-range=10.0.0.0/8', '--force'],
    earlier: open,
  },
  { call: '`--auth basic`', args: withPassword },
  {
    call: '`--auth basic`, beside a port without a password',
    args: ['expose', 'train', '8001', ...basic],
    earlier: open,
  },
  { call: '`--auth basic`, for a further port', args: ['expose', 'train', '8001', ...basic], earlier: withPassword },
  { call: '`--auth basic`, for an open port', args: withPassword, earlier: open },
  {
    call: '`--auth basic --auth-user`, for a port with a password',
    args: [...withPassword, '--auth-user=ann'],
    earlier: withPassword,
  },
  { call: '`--auth basic`, if nothing changes', args: withPassword, earlier: withPassword },
  {
    call: '`--auth none`, for a port with a password',
    args: [...open, '--auth=none', '--yes'],
    earlier: withPassword,
  },
  { call: '`--dry-run`', args: ['expose', 'train', '8000', '--dry-run', '--mode=ingress'] },
  { call: '`--dry-run=server`', args: ['expose', 'train', '8000', '--dry-run=server', '--mode=ingress'] },
  {
    call: '`--dry-run=server --auth basic`',
    args: ['expose', 'train', '8000', '--dry-run=server', ...basic.slice(1)],
  },
  {
    call: '`--dry-run=server --auth basic`, for a further port',
    args: ['expose', 'train', '8001', '--dry-run=server', ...basic.slice(1)],
    earlier: withPassword,
  },
];

const documented = new Map(
  [...readFileSync('docs/requests.md', 'utf8').matchAll(/^\| (`--.*?) \| (\d+) \| .* \|$/gm)].map(([, call, count]) => [
    call,
    Number(count),
  ]),
);

/** The requests of a command against a SkyPilot cluster with a port in ingress mode, after an earlier command. */
async function requestsOf(t: ExecutionContext, args: readonly string[], earlier?: readonly string[]) {
  await makeIngressNginx();
  const names = await withSkyCluster();
  await make(skyPortService(names, 8888), skyIngress(names, [8888]));
  const user = await powerfulUser(names.namespace);
  if (earlier) t.is((await skyports(earlier, user)).code, 0);
  const { value, sent } = await recordingRounds(() => skyports(args, { kubeconfig: user.kubeconfig }));
  t.is(value.code, 0, value.stderr);
  t.true(sent.length > 0);
  const text = sent.map((each) => `${each.round} ${each.text}`).join('\n');
  return { rounds: Math.max(...sent.map(({ round }) => round)), text };
}

test('docs/requests.md has these calls of expose', (t) => {
  t.deepEqual(
    [...documented.keys()],
    cases.map(({ call }) => call),
  );
});

for (const { args, call, earlier } of cases) {
  test.serial(`expose ${call} takes as many round trips as documented`, async (t) => {
    const { rounds, text } = await requestsOf(t, args, earlier);
    t.is(rounds, documented.get(call)!, text);
  });
}

for (const args of [
  ['endpoints', 'train'],
  ['endpoints', '-A'],
]) {
  test.serial(`${args.join(' ')} waits twice at most: for the lists, and for what their rows need`, async (t) => {
    const { rounds, text } = await requestsOf(t, args);
    t.true(rounds <= 2, text);
  });
}
