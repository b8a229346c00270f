import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { cluster, newNamespace, newUser, type User } from '../helpers/cluster.ts';
import { type RunOptions, skyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer } from '../helpers/skypilot-objects.ts';
import { make, powerfulUser, untilBackendReady, withSkyCluster } from '../helpers/world.ts';

/** One context of the kubeconfig; without a user, nothing listens at its server. */
interface Context {
  readonly name: string;
  readonly namespace?: string;
  readonly user?: User;
}

let files = 0;

/** A kubeconfig with these contexts and without a current one. @returns the options of a run with it */
function kubeconfigOf(...contexts: readonly Context[]): RunOptions {
  const kubeconfig = join(cluster().temporaryFolder, `contexts-${process.pid}-${files++}.kubeconfig`);
  const server = (url: string) => ({ server: url, 'insecure-skip-tls-verify': true });
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [
        { name: 'real', cluster: server(cluster().server) },
        { name: 'dead', cluster: server('https://127.0.0.1:1') },
      ],
      users: contexts.map(({ name, user }) => ({ name, user: { token: user?.token ?? 'none' } })),
      contexts: contexts.map(({ name, namespace, user }) => ({
        name,
        context: { cluster: user ? 'real' : 'dead', user: name, namespace },
      })),
    }),
  );
  return { kubeconfig };
}

/** A context with one SkyPilot cluster and its open port. */
async function contextWith(name: string, displayName: string, port: number): Promise<Context & { namespace: string }> {
  const names = await withSkyCluster(displayName);
  await make(skyLoadBalancer(names, [port], { ip: '203.0.113.80' }));
  await untilBackendReady(names.namespace, `${names.nameOnCloud}--skypilot-lb`);
  return { name, namespace: names.namespace, user: await powerfulUser(names.namespace) };
}

const dead = { name: 'dead' };

test('the command for a context that was not read quotes a hostile name', async (t) => {
  const near = await contextWith('near', 'train', 8888);
  const options = kubeconfigOf(near, { name: "it's; rm -rf ~" });
  const { stderr } = await skyports(['endpoints', '--all-contexts'], options);
  t.true(stderr.endsWith(`    kubectl skyports endpoints --context 'it'\\''s; rm -rf ~'\n`), stderr);
});

test('the contexts are listed side by side; an unreachable one costs its rows only', async (t) => {
  const [near, far] = await Promise.all([contextWith('near', 'train', 8888), contextWith('far', 'chat', 7860)]);
  const options = kubeconfigOf(near, dead, far);
  const { code, stdout, stderr } = await skyports(['endpoints', '--all-contexts'], options);
  t.is(code, 0, stderr);
  t.regex(stdout, /^CONTEXT +NAMESPACE +SKYCLUSTER +PORT /);
  t.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.split(/ {3,}/).slice(0, 4)),
    [
      ['near', near.namespace, 'train', '8888'],
      ['far', far.namespace, 'chat', '7860'],
    ],
  );
  t.regex(stderr, /^warning: context dead was not read: [^\n]*127\.0\.0\.1:1[^\n]*\n/);
  t.true(
    stderr.endsWith('this reads it alone, and suggests more:\n    kubectl skyports endpoints --context dead\n'),
    stderr,
  );

  const json = JSON.parse((await skyports(['endpoints', '--all-contexts', '-o', 'json'], options)).stdout);
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/endpoint-list.schema.json'), 'utf8'));
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
  t.true(validate(json), JSON.stringify(validate.errors));
  t.is(json.metadata.context, null);
  t.deepEqual(
    json.metadata.contexts.map(({ name, namespace, error }: Record<string, string | null>) => [
      name,
      namespace,
      error !== null,
    ]),
    [
      ['near', near.namespace, false],
      ['dead', null, true],
      ['far', far.namespace, false],
    ],
  );
  t.deepEqual(
    json.items.map(({ context, skyCluster, owner, createdAt }: Record<string, string>) => [
      context,
      skyCluster,
      owner,
      Number.isNaN(Date.parse(createdAt!)),
    ]),
    [
      ['near', 'train', 'ada', false],
      ['far', 'chat', 'ada', false],
    ],
  );
  const printed = async (format: string) =>
    (await skyports(['endpoints', '--all-contexts', '-o', format], options)).stdout;
  t.is(await printed('url'), 'http://203.0.113.80:8888\nhttp://203.0.113.80:7860\n');
  t.is(await printed('name'), 'service/train-2ea485ef--skypilot-lb\nservice/chat-2ea485ef--skypilot-lb\n');
  t.regex(await printed('wide'), /^CONTEXT +NAMESPACE +SKYCLUSTER .*MANAGED-BY/);
  t.regex(await printed('yaml'), /^ {2}- context: far$/m);
});

test('a name is looked up in each context; what no context has is a problem, or unknown', async (t) => {
  const [near, far] = await Promise.all([contextWith('near', 'train', 8888), contextWith('far', 'chat', 7860)]);
  const one = await skyports(['endpoints', 'chat', '--all-contexts', '-o', 'jsonpath={.items[*].context}'], {
    ...kubeconfigOf(near, far),
  });
  t.deepEqual([one.code, one.stdout, one.stderr], [0, 'far', '']);
  const none = await skyports(['endpoints', 'nope', '--all-contexts'], kubeconfigOf(near, far));
  t.deepEqual([none.code, none.stdout], [3, '']);
  t.is(none.stderr, 'No port of nope is open in the contexts that were read: near, far.\n');
  const unsure = await skyports(['endpoints', 'nope', '--all-contexts'], kubeconfigOf(near, dead));
  t.is(unsure.code, 4, 'the context that was not read may have it');
});

test('a forbidden context is named; if nothing could be read, the answer is unknown', async (t) => {
  const near = await contextWith('near', 'train', 8888);
  const namespace = await newNamespace();
  const blind = { name: 'blind', namespace, user: await newUser(namespace) };
  const both = await skyports(['endpoints', '--all-contexts'], kubeconfigOf(near, blind));
  t.is(both.code, 0);
  t.regex(both.stdout, /^near +\S+ +train /m);
  t.regex(both.stderr, /^warning: context blind: pods /m);
  t.regex(both.stderr, /--context blind/);
  t.is((await skyports(['endpoints', '--all-contexts'], kubeconfigOf(blind, dead))).code, 4);
  t.is((await skyports(['endpoints', '--all-contexts'], kubeconfigOf(dead))).code, 4);
});

test("SkyPilot's allowed_contexts are read alone, in their order", async (t) => {
  const [near, far] = await Promise.all([contextWith('near', 'train', 8888), contextWith('far', 'chat', 7860)]);
  const config = join(cluster().temporaryFolder, `allowed-${process.pid}.yaml`);
  writeFileSync(config, 'kubernetes:\n  allowed_contexts: [far, gone]\n');
  const options = { ...kubeconfigOf(near, dead, far), env: { SKYPILOT_GLOBAL_CONFIG: config } };
  const { code, stdout, stderr } = await skyports(['endpoints', '--all-contexts', '--no-headers'], options);
  t.is(code, 0);
  t.regex(stdout, /^far +chat +7860 [^\n]*\n$/);
  t.regex(stderr, /^warning: context gone was not read: [^\n]* near, dead, far\)\n/);
  writeFileSync(config, 'kubernetes:\n  allowed_contexts: all\n');
  t.regex((await skyports(['endpoints', '--all-contexts'], options)).stdout, /^near .*\nfar /m);
});

for (const flags of [['-w'], ['--wait'], ['--open'], ['-o', 'sky', 'train'], ['--context', 'near'], ['--token', 'x']]) {
  test(`--all-contexts does not take ${flags.join(' ')}`, async (t) => {
    const { code, stdout, stderr } = await skyports(['endpoints', '--all-contexts', ...flags], kubeconfigOf(dead));
    t.deepEqual([code, stdout], [2, '']);
    t.regex(stderr, /^error: --all-contexts and --[a-z ]+ exclude each other\n/);
  });
}
