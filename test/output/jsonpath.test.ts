import test from 'ava';
import { UsageError } from '../../src/errors/usage-error.ts';
import { checkJsonPath, renderJsonPath } from '../../src/output/jsonpath.ts';
import { cureCommands } from '../helpers/cure-text.ts';

const document = {
  kind: 'Thing',
  metadata: { context: 'c', namespace: null, labels: { 'example.com/team': 'ml' } },
  items: [
    { skyCluster: 'a', port: 80, url: null, t: true, s: { b: 1, a: '<x>' }, addresses: ['1', '2'] },
    { skyCluster: 'b', port: 8080, url: 'http://b', t: false, addresses: [] },
  ],
};

// What `kubectl label --local -f thing.json -o jsonpath=…` of 1.37.2 printed for each, but for the order of keys in
// objects, which Go does not keep.
const asKubectl = {
  '{.items[*].port}': '80 8080',
  '{.items[*].url}': 'null http://b',
  '{.items[*].t}': 'true false',
  '{.items[*].addresses}': '["1","2"] []',
  '{.items[-1].skyCluster}': 'b',
  '{.items[-1:].skyCluster}': 'b',
  '{.items[-2:-1].skyCluster}': 'a',
  '{.items[0:1].port}': '80',
  '{.items[0:2:2].port}': '80',
  '{.items[0,1].port}': '80 8080',
  "{.items[0]['skyCluster','port']}": 'a 80',
  "{.items[*]['port']}": '80 8080',
  '{.items[?(@.port==80)].skyCluster}': 'a',
  '{.items[?( @.port == 80 )].skyCluster}': 'a',
  '{.items[?(@.port>100)].port}': '8080',
  '{.items[?(@.port>80)].port}': '8080',
  '{.items[?(@.port>=80)].port}': '80 8080',
  '{.items[?(@.port<8080)].port}': '80',
  '{.items[?(@.port<=8080)].port}': '80 8080',
  '{.items[?(@.skyCluster>"a")].port}': '8080',
  '{.items[?(@.skyCluster<="a")].port}': '80',
  '{.items[?(@.skyCluster=="b")].port}': '8080',
  "{.items[?(@.skyCluster=='b')].port}": '8080',
  '{.items[?(@.skyCluster!="b")].port}': '80',
  '{.items[?(@.t==true)].port}': '80',
  '{.items[?(@.url)].skyCluster}': 'a b',
  '{.items[?(@.s)].skyCluster}': 'a',
  '{.items[?(@.s.b==1)].port}': '80',
  '{..port}': '80 8080',
  '{.items..a}': '<x>',
  '{.items[*].s.a}': '<x>',
  '{.items.port}': '',
  '{.items.length}': '',
  '{.items[*].port.x}': '',
  '{.nope}': '',
  '{.nope.deeper}': '',
  '{.metadata.namespace}': 'null',
  '{.metadata.labels.example\\.com/team}': 'ml',
  '{@.kind}': 'Thing',
  '{$.kind}': 'Thing',
  '{.kind }': 'Thing',
  '{ .kind}': 'Thing',
  '{.kind}}': 'Thing}',
  'x{.kind}y': 'xThingy',
  '{.items[0].port}{.items[1].port}': '808080',
  '{range .items[*]}{.skyCluster}{"\\t"}{.url}{"\\n"}{end}': 'a\tnull\nb\thttp://b\n',
  '{range .items[*]}[{.port}]{end}': '[80][8080]',
  '{range .items[*]}{$.kind}{@.port},{end}': '80,8080,',
  '{range .items[*]}{range .addresses[*]}{@}-{end};{end}': '1-2-;;',
  '{range .nope[*]}x{end}y': 'y',
  '{range .items[?(@.port==80)]}{.port}{end}': '80',
  '{"a\\"b"}': 'a"b',
  "{'a\"b'}": 'a"b',
  "{'\\n'}": '\n',
  '{"}"}': '}',
};
for (const [template, expected] of Object.entries(asKubectl)) {
  test(template, (t) => t.is(renderJsonPath(template, document), expected));
}

const kinder = {
  'no braces are needed round a path': ['.items[*].port', '80 8080'],
  'nor the first dot': ['items[0].skyCluster', 'a'],
  'an index that is not there gives nothing': ['{.items[5].port}', ''],
  'null can be compared': ['{.items[?(@.url==null)].port}', '80'],
  'the keys of objects keep their order': ['{.items[0].s}', '{"b":1,"a":"<x>"}'],
  'types that differ are not comparable': ['{.items[?(@.skyCluster>1)].port}', ''],
  'nor are a number and a text of digits': ['{.items[?(@.port>"1")].port}', ''],
} as const;
for (const [title, [template, expected]] of Object.entries(kinder)) {
  test(`other than in kubectl, ${title}`, (t) => t.is(renderJsonPath(template, document), expected));
}

const unreadable = {
  '{.items[*].port': /the brace at character 1 is not closed/,
  'x{.a}{.b': /the brace at character 6 is not closed/,
  '{end}': /\{end\} without \{range\}/,
  '{range .items[*]}x': /\{range\} without \{end\}/,
  '{items}': /"items" is neither a path nor a quoted text/,
  '{"a\\qb"}': /its escapes are not those of JSON/,
  '{.items[x]}': /"\[x\]" is not an index/,
  '{.items[0:1:0]}': /is not an index/,
  '{.items[?(port==80)]}': /is not a filter/,
  '{.items[?(@.port==eighty)]}': /"eighty" is not a value to compare with/,
  '{.items[0}': /"\[0" is not a step of a path/,
  '{.a b}': /is not a step of a path/,
  '{.items[(@.length-1)]}': /is not an index/,
  '': /it is empty/,
};
for (const [template, says] of Object.entries(unreadable)) {
  test(`"${template}" cannot be read`, (t) => {
    for (const read of [() => checkJsonPath(template), () => renderJsonPath(template, document)]) {
      const error = t.throws(read, { instanceOf: UsageError });
      t.regex(error.message, says);
      t.is(error.code, 'invalid-jsonpath');
      t.is(cureCommands(error)[0], "kubectl skyports endpoints -o 'jsonpath={.items[*].url}'");
    }
  });
}

test('text from the cluster cannot drive a terminal, that of the template may', (t) => {
  const value = { name: '\u001b[2J', list: ['\u009b', { k: '\u202e\n' }] };
  t.is(renderJsonPath('\t{.name}{"\\n"}{.list}', value), '\t\\u001b[2J\n["\\u009b",{"k":"\\u202e\\n"}]');
});

test('a path finds own fields only', (t) => {
  t.is(renderJsonPath('{.constructor}{.items.map}{.__proto__}', document), '');
});
