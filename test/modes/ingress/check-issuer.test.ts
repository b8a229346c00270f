import test from 'ava';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { indexSnapshot } from '../../../src/exposure/snapshot-index.ts';
import { refuseUnusableIssuer } from '../../../src/modes/ingress/check-issuer.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import type { Issuer, Observation } from '../../../src/snapshot/topics.ts';
import { base } from '../../helpers/ingress-plans.ts';
import { forbidden, lookAt, seen } from '../../helpers/look.ts';
import { type Asked, requestOf } from '../../helpers/requests.ts';

const ready = { conditions: [{ type: 'Ready', status: 'True' }] } as unknown as NonNullable<Issuer['status']>;
const conditions = [
  {
    ...{ type: 'Ready', status: 'False', reason: 'ErrRegisterACMEAccount', lastTransitionTime: '' },
    message: 'Failed to register ACME account: Get "https://acme.example.com": dial tcp: connection refused',
  },
];
const spec = { acme: { solvers: [{ http01: {} }] } };
const company: Issuer = { metadata: { name: 'company', namespace: 'default' }, status: ready };
const elsewhere: Issuer = { metadata: { name: 'theirs', namespace: 'other' }, status: ready };
const letsencrypt: Issuer = { metadata: { name: 'letsencrypt' }, spec, status: ready };
const broken: Issuer = { metadata: { name: 'broken' }, spec, status: { conditions } };

function judged(
  asked: Asked,
  topics: Partial<Record<'issuers' | 'clusterIssuers', Observation<Issuer>>> = {
    issuers: seen([company, elsewhere]),
    clusterIssuers: seen([letsencrypt, broken]),
  },
) {
  const look = lookAt(base);
  const snapshot: Snapshot = { ...look, topics: { ...look.topics, ...topics } };
  return refuseUnusableIssuer(indexSnapshot(snapshot), requestOf({ host: 'app.example.com', ...asked }));
}

const byIssuer = (name: string): Asked => ({ tlsIssuer: { kind: 'Issuer', name } });
const byClusterIssuer = (name: string): Asked => ({ tlsIssuer: { kind: 'ClusterIssuer', name } });

test('an issuer that is ready is taken', (t) => {
  t.deepEqual(judged(byIssuer('company')), []);
  t.deepEqual(judged(byClusterIssuer('letsencrypt')), []);
  t.deepEqual(judged({}), []);
  t.deepEqual(judged({ tlsIssuer: null }), []);
});

for (const [what, asked, says, suggests] of [
  ['does not exist', byIssuer('nope'), /^Issuer nope does not exist in namespace default$/, /--tls-issuer company/],
  [
    'is in another namespace',
    byIssuer('theirs'),
    /^Issuer theirs does not exist in namespace default$/,
    /clusterissuers,issuers -n default/,
  ],
  [
    'does not exist in the cluster',
    byClusterIssuer('company'),
    /^ClusterIssuer company does not exist$/,
    /--tls-cluster-issuer letsencrypt; others: broken/,
  ],
  [
    'is not ready',
    byClusterIssuer('broken'),
    /^ClusterIssuer broken is not ready: Failed to register ACME account: .* connection refused$/,
    /kubectl describe clusterissuer broken/,
  ],
  [
    'cannot prove a wildcard',
    { ...byClusterIssuer('letsencrypt'), host: '*.example.com' },
    /^ClusterIssuer letsencrypt has no DNS-01 solver, .* such as \*\.example\.com/,
    /\{port\}-\{cluster\}/,
  ],
] as const) {
  test(`an issuer that ${what} is refused, unless it is forced`, (t) => {
    const error = t.throws(() => judged(asked), { instanceOf: UsageError });
    t.regex(error.message, says);
    t.regex(error.cures.map(({ command, note }) => `${note} ${command}`).join('\n'), suggests);
    t.deepEqual(judged({ ...asked, force: true }), []);
  });
}

test('a wildcard is taken with a DNS-01 solver, and by a CA', (t) => {
  const dns: Issuer = { ...letsencrypt, spec: { acme: { solvers: [{ http01: {} }, { dns01: {} }] } } };
  const asked = { ...byClusterIssuer('letsencrypt'), host: '*.example.com' };
  t.deepEqual(judged(asked, { clusterIssuers: seen([dns]) }), []);
  t.deepEqual(judged({ ...byIssuer('company'), host: '*.example.com' }), []);
});

test('without cert-manager it is refused; issuers that may not be seen are a warning', (t) => {
  const missing = { observed: false, reason: 'not-served', message: 'not served' } as const;
  t.throws(() => judged(byIssuer('company'), { issuers: missing }), { message: /^cert-manager is not installed/ });
  t.deepEqual(judged(byIssuer('company'), { issuers: forbidden('issuers') }), [
    'issuers in namespace default were not seen (forbidden), so whether Issuer company can issue is unknown',
  ]);
});
