import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { diagnose } from '../helpers/scenario.ts';

// What is offered for a load balancer hangs on whose it is, and on what else is there.

const folder = mkdtempSync(join(tmpdir(), 'kubectl-skyports-load-balancers-'));
test.after.always(() => rmSync(folder, { recursive: true }));
const scenarios = resolve(import.meta.dirname, '../scenarios');

let last = 0;
/** A scenario of the book with some of its text replaced. */
function doctor(scenario: string, changes: readonly (readonly [string, string])[], ...flags: readonly string[]) {
  let text = readFileSync(join(scenarios, `${scenario}.yaml`), 'utf8');
  for (const [old, fresh] of changes) {
    if (!text.includes(old)) throw new Error(`${scenario} has no ${old}`);
    text = text.replaceAll(old, fresh);
  }
  const file = join(folder, `${last++}.yaml`);
  writeFileSync(file, text);
  return diagnose({ file, arguments: ['train'] }, ...flags);
}

async function findingOf(id: string, scenario: string, ...changes: readonly (readonly [string, string])[]) {
  const { stdout } = await doctor(scenario, changes, '-o', 'json');
  const { checks } = JSON.parse(stdout);
  return checks.find((each: { id: string }) => each.id === id).findings[0];
}

const announced = (...changes: readonly (readonly [string, string])[]) =>
  findingOf('load-balancer-announced', 'load-balancer-not-announced', ...changes);

test('a pool that nobody announces is added to an advertisement that names pools', async (t) => {
  const [{ command }] = (await announced()).cures;
  t.is(
    command,
    `kubectl patch l2advertisement a -n metallb-system --type=json -p '[{"op":"add","path":"/spec/ipAddressPools/-","value":"gpu"}]'`,
  );
});

test('without one there is another way in, and what to make', async (t) => {
  const { cures } = await announced(['[ { metadata: { name: a,', '[] } # [ { metadata: { name: a,']);
  t.regex(cures[0].note, /make an L2Advertisement for the pool gpu/);
  t.is(cures[1].command, 'kubectl skyports expose train 8888 -n default --mode nodeport');
});

test('MetalLB before 0.14.9 says the pool by its earlier prefix', async (t) => {
  const { message } = await announced(['metallb.io/ip-allocated', 'metallb.universe.tf/ip-allocated']);
  t.regex(message, /from MetalLB's pool gpu, and no advertisement announces that pool/);
});

const ofClass = (...changes: readonly (readonly [string, string])[]) =>
  findingOf('load-balancer-class-owned', 'load-balancer-class-of-nobody', ...changes);

test("a class that nobody serves: SkyPilot's own Service has another way in, ours is made again", async (t) => {
  t.regex((await ofClass()).cures[0].command, /--mode nodeport$/);
  const ours = [
    ['--skypilot-lb', '--skyports-lb'],
    ['labels: { parent: skypilot }', 'labels: { app.kubernetes.io/managed-by: kubectl-skyports }'],
  ] as const;
  const [first, then] = (await ofClass(...ours)).cures;
  t.is(first.command, 'kubectl skyports unexpose train -n default --mode loadbalancer');
  t.is(then.command, 'kubectl skyports expose train 8888 -n default --mode loadbalancer');
});

test('-o wide says what was not seen, what was cut off, and what is not verified', async (t) => {
  const wide = async (...changes: readonly (readonly [string, string])[]) =>
    (await doctor('load-balancer-on-docker-desktop', changes, '-o', 'wide')).stdout;
  const all = await wide();
  t.regex(all, /^addresses come from Docker Desktop's own load balancer: /m);
  t.regex(all, /^not verified of Docker Desktop's own load balancer: that the address is localhost$/m);
  t.notRegex(all, /of the nodes/);
  const cutOff = [
    '  nodes:\n    kind: List\n',
    '  nodes:\n    kind: List\n    metadata: { continue: more }\n',
  ] as const;
  t.regex(await wide(cutOff), /^of the nodes the first 1 were looked at$/m);
});
