import test from 'ava';
import type { Endpoint } from '../../src/exposure/endpoint.ts';
import { headingLines } from '../../src/output/diagnosis-text.ts';
import { plainText } from '../../src/output/look.ts';
import { pathRows, portLabel } from '../../src/output/path-lines.ts';
import { fortyClusters } from '../helpers/forty-clusters.ts';
import { diagnose, readScenario, textOf } from '../helpers/scenario.ts';

test('a long heading goes on in the next line between two of its parts', (t) => {
  const heading = 'context prod, namespace ml · train (train-2ea485ef) port 8888 · mode ingress';
  t.deepEqual(headingLines(heading, Number.POSITIVE_INFINITY), [heading]);
  t.deepEqual(headingLines(heading, 64), [
    'context prod, namespace ml · train (train-2ea485ef) port 8888',
    'mode ingress',
  ]);
  t.deepEqual(headingLines(heading, 20), [
    'context prod,',
    'namespace ml',
    'train',
    '(train-2ea485ef)',
    'port 8888',
    'mode ingress',
  ]);
});

const hop = (title: string, state: 'pass' | 'warning' | 'skipped' = 'pass') => ({
  ...{ title, state },
  isBroken: state === 'warning',
});

test('a long path goes on below its own arrows, and the broken hop has the colour of its mark', (t) => {
  const hops = [hop('address'), hop('load balancer', 'warning'), hop('Service'), hop('app', 'skipped')];
  const rows = pathRows({ label: 'train 8888', from: 'you', hops }, 50);
  t.deepEqual(rows.map(plainText), [
    'train 8888   you → ✔ address → ! load balancer',
    '                 → ✔ Service → - app',
  ]);
  t.deepEqual(
    rows.flat().filter((part) => typeof part !== 'string' && part.text === 'load balancer'),
    [{ style: 'warning', text: 'load balancer' }],
  );
  const long = pathRows({ label: 'a-long-name-of-a-cluster 8888', from: 'you', hops }, 60);
  t.is(plainText(long[1]!), '    → ! load balancer → ✔ Service → - app');
});

test('the line about skipped checks counts them', async (t) => {
  const { stdout } = await diagnose(readScenario('controller-rke2', textOf('controller-rke2')));
  const line = /^- (\d+) checks? skipped until .* \(-o wide lists (it|them)\)$/m.exec(stdout);
  t.is(line?.[2], line?.[1] === '1' ? 'it' : 'them', stdout);
  const many = await diagnose({ text: fortyClusters(), arguments: [] });
  t.regex(many.stdout, /^- 1 check skipped until load-balancer-address passes \(-o wide lists it\)$/m);
});

test('an escaped name of a label has the length that a terminal shows', (t) => {
  const row = { namespace: 'ml', skyCluster: 'a\u001b[2J', port: 80, protocol: 'TCP' } as Endpoint;
  t.is(portLabel({ row, hops: [], brokenAt: null }, true), 'ml/a\\u001b[2J 80');
});
