import test from 'ava';
import { modeRecords } from '../../src/modes/all-modes.ts';
import { hopNames } from '../../src/modes/hops.ts';
import { diagnose, readScenario, textOf } from '../helpers/scenario.ts';

const outputOf = (name: string, ...flags: string[]) => diagnose(readScenario(name, textOf(name)), ...flags);

/** The lines between the heading and the checks. */
async function pathsOf(name: string): Promise<string[]> {
  const { stdout } = await outputOf(name);
  return stdout.split('\n').filter((line) => /^\S+ \d+ +(you|a Pod) → /.test(line));
}

for (const [scenario, path] of [
  ['probe-healthy', '✔ address → ✔ load balancer → ✔ Service → ✔ EndpointSlice → ✔ Pod → ✔ app'],
  ['healthy-nodeport', '✔ address → ✔ Service → ✔ EndpointSlice → ✔ Pod → - app'],
  ['controller-rke2', '- address → ✖ controller → ✔ Ingress → ✔ Service → ✔ EndpointSlice → ✔ Pod → - app'],
  ['probe-refused', '✖ address → ✔ load balancer → ✔ Service → ✔ EndpointSlice → ✔ Pod → ✔ app'],
  ['probe-controller-404', '✔ address → ✔ controller → ✔ Ingress → ✔ Service → ✔ EndpointSlice → ✔ Pod → ✖ app'],
] as const) {
  test(`${scenario}: each hop has the state of its checks`, async (t) => {
    t.deepEqual(await pathsOf(scenario), [`train 8888   you → ${path}`]);
  });
}

test('a fault of one SkyPilot cluster does not mark the path of another one', async (t) => {
  t.deepEqual(await pathsOf('two-faults-in-two-clusters'), [
    'serve 9000   you → - address → ✖ load balancer → ✔ Service → ✔ EndpointSlice → ✔ Pod → - app',
    'train 8888   you → ✔ address → ✔ load balancer → ✔ Service → - EndpointSlice → ✖ Pod → - app',
  ]);
});

test('a fault of one port does not mark another port behind the same Ingress', async (t) => {
  t.deepEqual(await pathsOf('own-ingress-backend-missing'), [
    'train 8888   you → ✔ address → ✔ controller → ✔ Ingress → ✔ Service → ✔ EndpointSlice → ✔ Pod → - app',
    'train 9000   you → ✔ address → ✔ controller → ✔ Ingress → ✖ Service → - EndpointSlice → ✔ Pod → - app',
  ]);
});

test('-o short has no path', async (t) => {
  const { stdout } = await outputOf('controller-rke2', '-o', 'short');
  t.false(stdout.includes('you →'), stdout);
});

test('-o tree shows the objects at each hop, why packets stop, and the summary', async (t) => {
  const { stdout, code } = await outputOf('controller-rke2', '-o', 'tree');
  const lines = stdout.trimEnd().split('\n');
  t.is(code, 3);
  t.is(lines[2], 'train (train-2ea485ef)');
  t.is(lines[3], '└─ 8888   ingress   Pending   <pending>');
  t.regex(stdout, /^ {3}├─ ✖ controller +<none> +no Service of the controller was found$/m);
  t.regex(stdout, /^ {3}│ +the ingress controller of RKE2 has no Service/m);
  t.regex(stdout, /^ {3}├─ ✔ Ingress +train-2ea485ef-skypilot-ingress +class nginx$/m);
  t.regex(stdout, /^ {3}├─ ✔ EndpointSlice +train-\S+ +1 of 1 ready +10\.244\.0\.5$/m);
  t.regex(lines.at(-1)!, /^Not reachable: /);
});

test('the hops of every mode are in the order of a packet', (t) => {
  for (const { name, hops } of modeRecords) {
    const places = hops.map((hop) => hopNames.indexOf(hop));
    t.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
      name,
    );
    t.is(hops.at(-1), 'app', name);
  }
});
