import test from 'ava';
import fc from 'fast-check';
import { scopeOf } from '../../src/exposure/scope.ts';
import { redactName, redactText } from '../../src/redaction/redact-text.ts';
import { tokensOf } from '../../src/redaction/tokens.ts';

for (const [text, shown] of [
  ['34.1.2.3', '203.0.113.1'],
  ['http://34.1.2.3:80/x', 'http://203.0.113.1:80/x'],
  ['34.1.2.3, 34.1.2.4 and 34.1.2.3', '203.0.113.1, 203.0.113.2 and 203.0.113.1'],
  ['10.1.2.3/8', '10.0.0.1/8'],
  ['172.16.9.9', '10.0.0.1'],
  ['100.64.9.9', '100.64.0.1'],
  ['169.254.169.254', '169.254.0.1'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['127.0.0.1:80', '127.0.0.1:80'],
  ['::1', '::1'],
  ['::/0', '::/0'],
  ['[2600:1f18::7]:443', '[2001:db8::1]:443'],
  ['fd12::7', 'fd00::1'],
  ['fe80::7', 'fe80::1'],
  ['::ffff:34.1.2.3', '::ffff:203.0.113.1'],
  ['at 12:30:45 on 2026-11-27T10:00:00Z', 'at 12:30:45 on 2026-11-27T10:00:00Z'],
  ['version 1.37.0 of v1.11.1', 'version 1.37.0 of v1.11.1'],
  ['lb-1234.us-east-1.elb.amazonaws.com', 'host-1.example.com'],
  ['Train.Acme.IO and train.acme.io', 'host-1.example.com and host-1.example.com'],
  ['*.acme.io', '*.host-1.example.com'],
  ['http://train.default.svc.cluster.local:80', 'http://train.default.svc.cluster.local:80'],
  ['ip-10-0-1-23.ec2.internal', 'host-1.example.com'],
  ['node ip-10-0-1-23 is gone', 'node host-1.example.com is gone'],
  ['networking.k8s.io', 'networking.k8s.io'],
  ['pods is forbidden: User "ada@acme.io" cannot list', 'pods is forbidden: User "user-1" cannot list'],
  ['system:serviceaccount:ml:ada', 'user-1'],
  ['https://ada:pass@acme.io/', 'https://host-1.example.com/'],
  ['open /home/ada/.kube/config', 'open ~/.kube/config'],
  ['arn:aws:iam::123456789012:role/ada is not', 'redacted-1 is not'],
  ['account 123456789012', 'account redacted-1'],
  ['projects/acme-prod/regions/us', 'projects/redacted-1/regions/us'],
  ['0a1b2c3d-0000-1111-2222-333344445555', 'redacted-1'],
  ['connection refused', 'connection refused'],
] as const) {
  test(`${text} is shown as ${shown}`, (t) => {
    t.is(redactText(text, tokensOf()), shown);
  });
}

test('an address keeps its scope, whatever it is', (t) => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(fc.array(address, { minLength: 1, maxLength: 5 }), (addresses) => {
      const tokens = tokensOf();
      for (const each of addresses) {
        const shown = redactText(each, tokens);
        t.is(scopeOf(shown), scopeOf(each), `${each} as ${shown}`);
        t.is(redactText(each, tokens), shown);
        t.is(redactText(`call ${each}, please`, tokens), `call ${shown}, please`);
      }
    }),
    { numRuns: 2000 },
  );
});

test('more addresses than are reserved for documentation stay apart', (t) => {
  const tokens = tokensOf();
  const shown = Array.from({ length: 2000 }, (_, at) => tokens.address(`34.1.${at >> 8}.${at & 255}`));
  t.is(new Set(shown).size, 2000);
});

test('whatever stands around them: addresses, hosts and users do not come through', (t) => {
  const secret = fc.constantFrom('34.99.88.77', '2600:1f18:aa::9', 'db.acme-secret.io', 'grace@acme-secret.io');
  const around = fc.stringMatching(/^[ "'(=,;[\]/]{0,3}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(around, secret, around), { maxLength: 6 }), (parts) => {
      const text = parts.map(([before, what, after]) => `${before} ${what} ${after}`).join(' and ');
      t.notRegex(redactText(text, tokensOf()), /34\.99|1f18|acme|grace/);
    }),
    { numRuns: 2000 },
  );
});

test('a user who is called like a word of names is left in them', (t) => {
  const tokens = tokensOf();
  tokens.user('head');
  tokens.user('ada');
  t.is(redactName('train-ada-head', tokens), 'train-user-2-head');
  t.is(redactName('canada-head', tokens), 'canada-head');
});
