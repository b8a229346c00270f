import test from 'ava';
import { recordingRounds } from '../helpers/rounds.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { skyIngress, skyPortService } from '../helpers/skypilot-objects.ts';
import { make, makeIngressNginx, powerfulUser, withSkyCluster } from '../helpers/world.ts';

interface Case {
  readonly args: readonly string[];
  readonly rounds: number;
  readonly why: string;
  /** The arguments of an earlier call, which is not counted. */
  readonly earlier?: readonly string[];
}

const basic = ['--wait=0', '--mode=ingress', '--auth=basic', '--allow-plain-http'];

// How often a command waits for answers before it sends the next requests. Over a VPN of 100 ms, each takes 100 ms.
const cases: readonly Case[] = [
  { args: ['endpoints', 'train'], rounds: 2, why: 'lists, and what their rows need' },
  { args: ['endpoints', '-A'], rounds: 2, why: 'lists, and what their rows need' },
  { args: ['expose', 'train', '8000', '--dry-run', '--mode=ingress'], rounds: 1, why: 'lists' },
  { args: ['expose', 'train', '8000', '--wait=0', '--mode=nodeport'], rounds: 2, why: 'lists, the Service' },
  {
    args: ['expose', 'train', '8000', '--wait=0', '--mode=loadbalancer'],
    rounds: 3,
    why: 'lists, what may give an address, the Service',
  },
  {
    args: ['expose', 'train', '8000', '--dry-run=server', '--mode=ingress'],
    rounds: 3,
    why: 'lists, the Service, the Ingress and its redirect',
  },
  {
    args: ['expose', 'train', '8000', '--wait=0', '--mode=ingress'],
    rounds: 3,
    why: 'lists, the Service, the Ingress and its redirect',
  },
  {
    args: ['expose', 'train', '8000', ...basic],
    rounds: 4,
    why: 'as above, and the Secret; whether it is needed and allowed needs no round trip of its own',
  },
  {
    args: ['expose', 'train', '8000', '--dry-run=server', ...basic.slice(1)],
    rounds: 4,
    why: 'lists, the Service, the Secret, the Ingress and its redirect',
  },
  {
    args: ['expose', 'train', '8000', ...basic],
    earlier: ['expose', 'train', '8000', ...basic],
    rounds: 2,
    why: 'lists, whether the Secret still exists',
  },
  {
    args: ['expose', 'train', '8000', ...basic, '--auth-user=ann'],
    earlier: ['expose', 'train', '8000', ...basic],
    rounds: 4,
    why: 'lists, whether the Secret exists, its new password, the name of the user',
  },
  {
    args: ['expose', 'train', '8001', ...basic],
    earlier: ['expose', 'train', '8000', ...basic],
    rounds: 4,
    why: 'lists, the Service, an owner more for the Secret, the Ingress',
  },
];

for (const { args, rounds, why, earlier } of cases) {
  test.serial(
    `${args.join(' ')}${earlier ? `, after ${earlier.join(' ')},` : ''} waits ${rounds} times: ${why}`,
    async (t) => {
      await makeIngressNginx();
      const names = await withSkyCluster();
      await make(skyPortService(names, 8888), skyIngress(names, [8888]));
      const user = await powerfulUser(names.namespace);
      if (earlier) t.is((await skyports(earlier, user)).code, 0);
      const { value, sent } = await recordingRounds(() => skyports(args, { kubeconfig: user.kubeconfig }));
      t.is(value.code, 0, value.stderr);
      t.true(sent.length > 0);
      const most = Math.max(...sent.map(({ round }) => round));
      t.true(most <= rounds, sent.map(({ round, text }) => `${round} ${text}`).join('\n'));
    },
  );
}
