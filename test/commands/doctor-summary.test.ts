import test from 'ava';
import { kubectl } from '../helpers/cluster.ts';
import { skyports, slowly } from '../helpers/run-skyports.ts';
import { skyLoadBalancer } from '../helpers/skypilot-objects.ts';
import { giveAddress, make, untilBackendReady, withSkyCluster } from '../helpers/world.ts';

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

test('a port that is on its way: fine at first, a problem when the time of --wait is up, until it has an address', async (t) => {
  const names = await withSkyCluster();
  const { namespace } = names;
  const service = `${names.nameOnCloud}--skypilot-lb`;
  await make(skyLoadBalancer(names, [8888]));
  await untilBackendReady(namespace, service);
  const doctor = (...flags: string[]) => skyports(['doctor', 'train', '8888', '-n', namespace, ...flags]);
  const awaited = new RegExp(`^Not reachable yet: Service ${service} has no external address yet`);

  const first = await doctor();
  t.is(first.code, 0, first.stderr);
  t.regex(lastLine(first.stdout)!, awaited);
  t.is(first.stderr, '');

  const late = await doctor('--wait=300ms');
  t.is(late.code, 3, late.stderr);
  t.regex(lastLine(late.stdout)!, awaited);
  t.regex(late.stderr, /^waiting at most 300ms for .*\nnot healthy after 300ms\n$/s);
  const json = await doctor('--wait=300ms', '-o', 'json');
  t.is(json.code, 3);
  t.is(JSON.parse(json.stdout).summary.state, 'pending');
  t.is((await doctor('--wait=300ms', '--fail-on=never')).code, 0);

  const waiting = doctor('--wait=5m');
  await giveAddress(namespace, service);
  const came = await waiting;
  t.is(came.code, 0, came.stderr);
  t.is(lastLine(came.stdout), 'OK, not called (--probe=false)');
});

test('--fix prints the diagnosis, the diff, the question and the result, in this order', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const place = ['-n', namespace];
  const exposed = await skyports(['expose', 'train', '8888', '--mode=loadbalancer', '--wait=0', ...place]);
  t.is(exposed.code, 0, exposed.stderr);
  const service = `${nameOnCloud}--skyports-lb`;
  await giveAddress(namespace, service);
  const patch = JSON.stringify({ spec: { selector: { component: 'elsewhere' } } });
  const patched = await kubectl(['patch', 'service', service, ...place, '--type=merge', '-p', patch]);
  t.is(patched.code, 0, patched.stderr);

  const { code, stdout, stderr } = await skyports(['doctor', 'train', ...place, '--fix'], {
    answer: 'y',
    later: slowly(0),
  });
  t.is(code, 0, stderr);
  const parts = [
    /^✖ every Service that opens a port selects the head Pod/m,
    /^Not reachable: Service \S+--skyports-lb /m,
    /^for service-selects-head:$/m,
    new RegExp(`^--- Service ${namespace}/${service}$`, 'm'),
    /^-.*component: elsewhere$/m,
    /^\+.*component: train-2ea485ef-head$/m,
    /^Write 1 Service\? \[y\/N\] /m,
    /service\/\S+--skyports-lb changed$/m,
    /^fixed: service-selects-head$/m,
  ];
  const places = parts.map((part) => stderr.search(part));
  t.false(places.includes(-1), `${places}: ${stderr}`);
  t.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
    stderr,
  );
  t.is(lastLine(stdout), 'OK, not called (--probe=false)');
  t.notRegex(stdout, /✖/);
});
