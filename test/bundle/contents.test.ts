import { resolve } from 'node:path';
import test from 'ava';
import { bundleInParts, bundleWhole } from '../../scripts/bundle/bundle.ts';

const parts = await bundleInParts();
const inputs = parts.flatMap(({ bytesByInput }) => Object.keys(bytesByInput));
const source = parts.map((part) => part.source).join('\n');

test('what src/ imports from packages is in parts of its own', (t) => {
  const names = parts.map(({ name }) => name);
  t.is(names[0], 'main');
  t.true(names.includes('yargs/helpers') && names.includes('js-yaml'), names.join(', '));
  const ofMain = Object.keys(parts[0]!.bytesByInput);
  t.deepEqual(
    ofMain.filter((input) => input.includes('node_modules/')),
    [],
  );
});

test('it has neither the generated client nor undici, nor what only they need', (t) => {
  const unwanted =
    /node_modules\/(undici|socks|hpagent|openid-client|oauth4webapi)\/|client-node\/dist\/gen\/(models|apis|http)\//;
  t.deepEqual(
    inputs.filter((input) => unwanted.test(input)),
    [],
  );
  // With them it has more than 2 MB.
  t.true(source.length < 1_900_000, `${source.length} bytes: what came in?`);
});

test('it has one copy of each package', (t) => {
  const folders = inputs.flatMap((input) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  const copies = Map.groupBy(new Set(folders), (folder) => folder.replace(/.*node_modules\//, ''));
  const several = [...copies].filter(([, each]) => each.length > 1).map(([name]) => name);
  t.deepEqual(several, []);
  t.true(copies.has('js-yaml'));
});

test('it has one file of js-yaml', (t) => {
  const files = inputs.filter((input) => input.includes('/js-yaml/'));
  t.is(files.length, 1, files.join(', '));
});

test('what a start runs is a script of its own, a fraction of the whole', (t) => {
  const bytesOf = (name: string) => parts.find((part) => part.name === name)?.source.length ?? Number.NaN;
  t.true(bytesOf('main') + bytesOf('start') < 71_000);
  // What only some calls or only the doctor run would cost every call.
  t.true(bytesOf('calls') < 300_000);
  t.true(bytesOf('doctor') + bytesOf('rest') > 200_000);
});

test('it has no path of the machine it was made on', (t) => {
  const at = source.indexOf(resolve(import.meta.dirname, '../..'));
  t.is(at, -1, source.slice(Math.max(0, at - 80), at + 80));
});

test('it asks only for modules of Node and for its own parts, and has no import() left', (t) => {
  const own = new Set(parts.flatMap(({ name, members = [] }) => [name, ...members]));
  const required = new Set([...source.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name!));
  t.true(required.has('node:https'));
  t.deepEqual(
    [...required].filter((name) => !own.has(name) && !process.getBuiltinModule(name)),
    // ws would use them where they are; it does without.
    ['bufferutil', 'utf-8-validate'],
  );
  t.false(/[^.\w]import\(/.test(source));
});

test('a character that does not fit into a byte is refused, and named', async (t) => {
  await t.throwsAsync(bundleWhole({ entry: 'test/bundle/samples/wide-regular-expression.ts' }), { message: /U\+65E5/ });
});
