import test from 'ava';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { portRanges, portsOfTasks, TaskFault } from '../../src/skypilot/task-ports.ts';

/** The ports in a task file, as PyYAML reads it: of each candidate of each task that has ports. */
function portsIn(text: string) {
  return portsOfTasks([...parseAllDocuments(text, { version: '1.1' })].map((document) => document.toJS()));
}

const written: Readonly<Record<string, readonly [ports: string, expected: readonly number[]]>> = {
  'a number': ['8080', [8080]],
  'a text': ['"8080"', [8080]],
  'a range': ['8080-8082', [8080, 8081, 8082]],
  'a range in quotes': ['"8080-8082"', [8080, 8081, 8082]],
  'a range of one': ['"8080-8080"', [8080]],
  'commas (#9423)': ['8000,9000-9001', [8000, 9000, 9001]],
  'spaces around items': ['" 8000 , 9000 "', [8000, 9000]],
  'a list of both, sorted, each port once': ['[9000, "8080-8082", 8081]', [8080, 8081, 8082, 9000]],
  'the first and the last port': ['[1, 65535]', [1, 65535]],
};

for (const [name, [ports, expected]] of Object.entries(written)) {
  test(`resources.ports: ${name}`, (t) => {
    t.deepEqual(portsIn(`name: a\nresources:\n  cpus: 2+\n  ports: ${ports}\n`), [{ task: 'a', ports: expected }]);
  });
}

const empty = {
  'no resources': 'run: echo',
  'empty resources': 'resources:\nrun: echo',
  'no ports': 'resources: {cpus: 2}',
  'ports of null': 'resources: {ports: null}',
  'an empty list': 'resources: {ports: []}',
  'an override that removes them': 'resources: {ports: 80, any_of: [{cloud: kubernetes, ports: null}]}',
};

for (const [name, text] of Object.entries(empty)) test(`${name}: no ports`, (t) => t.deepEqual(portsIn(text), []));

test('a key of a candidate replaces that of the resources', (t) => {
  const text = 'resources:\n  ports: 8888\n  KEY:\n    - {accelerators: H100}\n    - {cpus: 2, ports: [80, 81]}\n';
  for (const key of ['any_of', 'ordered']) {
    t.deepEqual(
      portsIn(text.replace('KEY', key)).map(({ ports }) => ports),
      [[8888], [80, 81]],
      key,
    );
  }
  t.deepEqual(portsIn('resources: {ports: 80, any_of: []}'), [{ task: undefined, ports: [80] }]);
});

test('a pipeline: each document is a task, and the first may be a name alone', (t) => {
  const text = 'name: pipeline\n---\nname: train\n---\nname: serve\nresources: {ports: 8888}\n---\n';
  t.deepEqual(portsIn(text), [{ task: 'serve', ports: [8888] }]);
});

test('anchors and merge keys, which PyYAML reads', (t) => {
  t.deepEqual(portsIn('base: &base {ports: 80}\nresources: {<<: *base, cpus: 2}'), [{ task: undefined, ports: [80] }]);
});

const invalid: Readonly<Record<string, readonly [text: string, says: RegExp]>> = {
  letters: ['resources: {ports: 80a0}', /resources\.ports has "80a0", which is not a port or a range/],
  zero: ['resources: {ports: 0}', /"0"/],
  'too high': ['resources: {ports: 65536}', /"65536"/],
  negative: ['resources: {ports: -1}', /"-1"/],
  'a fraction': ['resources: {ports: 80.5}', /"80\.5"/],
  'a huge number': ['resources: {ports: 1e300}', /"1e\+300"/],
  'a backward range': ['resources: {ports: "90-80"}', /"90-80"/],
  'an open range': ['resources: {ports: "80-"}', /"80-"/],
  'three parts': ['resources: {ports: "1-2-3"}', /"1-2-3"/],
  'a mapping': ['resources: {ports: ["8000:8080"]}', /"8000:8080"/],
  'a protocol': ['resources: {ports: 53/udp}', /"53\/udp"/],
  'an environment variable': ['resources: {ports: $PORT}', /"\$PORT"/],
  'an empty item': ['resources: {ports: "80,"}', /""/],
  true: ['resources: {ports: true}', /has true,/],
  'an object': ['resources: {ports: {http: 80}}', /has an object,/],
  'a list in a list': ['resources: {ports: [[80]]}', /has a list in the list,/],
  'a list that contains itself': ['resources: {ports: &a [*a]}', /has a list in the list,/],
  'a long text': [`resources: {ports: ${'x'.repeat(5000)}}`, /^resources\.ports has "x{59}…, which/],
  'resources as a list': ['resources: [{ports: 80}]', /resources is not an object/],
  'any_of as an object': ['resources: {any_of: {ports: 80}}', /resources\.any_of is not a list of objects/],
  'ordered with a text': ['resources: {ordered: [a]}', /resources\.ordered is not a list of objects/],
  'any_of and ordered': ['resources: {any_of: [{cpus: 1}], ordered: [{cpus: 1}]}', /both any_of and ordered/],
  'a text': ['hello', /it is not a SkyPilot task/],
  'a list': ['- a', /it is not a SkyPilot task/],
  'only comments': ['# nothing', /it has no task/],
};

for (const [name, [text, says]] of Object.entries(invalid)) {
  test(`${name}: refused`, (t) => t.regex(t.throws(() => portsIn(text), { instanceOf: TaskFault }).message, says));
}

test('ranges and ports are the same: what SkyPilot writes is read back', (t) => {
  const ports = fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 60 });
  const near = fc.uniqueArray(fc.integer({ min: 8000, max: 8040 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.oneof(ports, near), fc.boolean(), (any, isList) => {
      const sorted = any.toSorted((a, b) => a - b);
      const ranges = portRanges(sorted);
      const [read, more] = portsOfTasks([{ resources: { ports: isList ? ranges : ranges.join(',') } }]);
      t.deepEqual(read?.ports, sorted);
      t.is(more, undefined);
      // No two ranges touch, so there are as few as possible.
      const ends = ranges.map((range) => range.split('-').map(Number));
      t.true(ends.every(([from], i) => i === 0 || from! > ends[i - 1]!.at(-1)! + 1));
    }),
  );
});

test('a file that repeats the widest range is read at once', (t) => {
  const [read] = portsOfTasks([{ resources: { ports: Array.from({ length: 100_000 }, () => '1-65534') } }]);
  t.is(read?.ports.length, 65_534);
});

test('no value of resources leads to anything but ports or a TaskFault', (t) => {
  const item = fc.oneof(fc.integer({ min: -9, max: 70_000 }), fc.stringMatching(/^[\d ,-]{0,9}$/), fc.anything());
  const anyPorts = fc.oneof(item, fc.array(item));
  fc.assert(
    fc.property(anyPorts, fc.anything(), (ports, resources) => {
      t.pass();
      for (const document of [{ resources: { ports } }, { resources }, resources]) {
        try {
          for (const each of portsOfTasks([document])) {
            t.true(each.ports.length > 0 && each.ports.every((port) => port >= 1 && port <= 65_535));
          }
        } catch (error) {
          if (!(error instanceof TaskFault)) throw error;
        }
      }
    }),
  );
});
