import test from 'ava';
import type { Condition } from 'kubernetes-types/meta/v1';
import { chainTo, linkText } from '../../../src/exposure/certificates/chain.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import type { Certificate, CertificateRequest, Challenge, Issuer, Order } from '../../../src/snapshot/topics.ts';
import { lookAt, seen } from '../../helpers/look.ts';

const condition = (type: string, status: string, message = '', reason = ''): Condition => ({
  ...{ type, status, message, reason, lastTransitionTime: '' },
});
const metadata = (name: string, owner?: string, more = {}) => ({
  ...{ name, namespace: 'default', ...more },
  ...(owner !== undefined && { ownerReferences: [{ apiVersion: '', kind: '', name: owner, uid: '' }] }),
});
const certificate = (...conditions: Condition[]): Certificate => ({
  metadata: metadata('web'),
  spec: { secretName: 'web-tls', issuerRef: { name: 'company' } },
  status: { conditions },
});
const request = (...conditions: Condition[]): CertificateRequest => ({
  metadata: metadata('web-1', 'web', { creationTimestamp: '2026-11-24T10:00:00Z' }),
  status: { conditions },
});
const approved = condition('Approved', 'True');
const order = (state: string, reason?: string): Order => ({
  metadata: metadata('web-1-order', 'web-1'),
  status: { state, ...(reason !== undefined && { reason }) },
});
const challenge = (name: string, state: string, reason?: string): Challenge => ({
  metadata: metadata(name, 'web-1-order'),
  status: { state, ...(reason !== undefined && { reason }) },
});
const ready: Issuer = { metadata: metadata('company'), status: { conditions: [condition('Ready', 'True')] } };

interface Seen {
  readonly certificates?: readonly Certificate[];
  readonly requests?: readonly CertificateRequest[];
  readonly orders?: readonly Order[];
  readonly challenges?: readonly Challenge[];
  readonly issuers?: readonly Issuer[];
}

function linkAt({ certificates = [certificate()], requests, orders, challenges, issuers = [ready] }: Seen) {
  const topics: Snapshot['topics'] = {
    ...lookAt([]).topics,
    certificates: seen(certificates),
    issuers: seen(issuers),
    ...(requests && { certificateRequests: seen(requests) }),
    ...(orders && { orders: seen(orders) }),
    ...(challenges && { challenges: seen(challenges) }),
  };
  return chainTo(topics, 'default', 'web-tls');
}

const textAt = (given: Seen) => {
  const link = linkAt(given);
  return link && `${link.cause}: ${linkText(link)}`;
};

test('nothing is late if the Certificate is Ready, or if Certificates were not seen', (t) => {
  t.is(linkAt({ certificates: [certificate(condition('Ready', 'True'))], requests: [request()] }), undefined);
  t.is(chainTo(lookAt([]).topics, 'default', 'web-tls'), undefined);
});

test('a Certificate that does not exist, or that says why it waits', (t) => {
  t.is(textAt({ certificates: [] }), 'no-certificate: cert-manager has not created Certificate web-tls');
  t.is(textAt({}), 'waits: Certificate web is not ready');
  t.is(
    textAt({ certificates: [certificate(condition('Ready', 'False', 'no Secret'))] }),
    'waits: Certificate web: no Secret',
  );
  const failed = condition('Issuing', 'False', 'will be retried', 'Failed');
  t.is(textAt({ certificates: [certificate(failed)] }), 'failed: Certificate web: will be retried');
});

test('an issuer comes first: it explains all that follows', (t) => {
  t.is(textAt({ issuers: [], requests: [request()] }), 'issuer-missing: Issuer company does not exist');
  const broken: Issuer = { ...ready, status: { conditions: [condition('Ready', 'False', 'no key')] } };
  t.is(textAt({ issuers: [broken], requests: [request()] }), 'issuer-not-ready: Issuer company is not ready: no key');
  const elsewhere: Issuer = { ...ready, metadata: { name: 'company', namespace: 'other' } };
  t.is(textAt({ issuers: [elsewhere] }), 'issuer-missing: Issuer company does not exist');
});

test('an issuer of another project is not looked for', (t) => {
  const issuerRef = { name: 'pca', kind: 'AWSPCAClusterIssuer', group: 'awspca.cert-manager.io' };
  const theirs: Certificate = { ...certificate(), spec: { secretName: 'web-tls', issuerRef } };
  t.is(textAt({ certificates: [theirs], issuers: [] }), 'waits: Certificate web is not ready');
});

for (const [what, conditions, text] of [
  ['denied', [condition('Denied', 'True', 'not by policy')], 'denied: CertificateRequest web-1: not by policy'],
  ['not approved', [], 'not-approved: CertificateRequest web-1 is not approved'],
  ['pending', [approved, condition('Ready', 'False', 'waits', 'Pending')], 'waits: CertificateRequest web-1: waits'],
  ['failed', [condition('Ready', 'False', 'no', 'Failed')], 'failed: CertificateRequest web-1: no'],
  ['invalid', [approved, condition('InvalidRequest', 'True', 'bad')], 'failed: CertificateRequest web-1: bad'],
] as const) {
  test(`a request that is ${what}`, (t) => {
    t.is(textAt({ requests: [request(...conditions)] }), text);
  });
}

test('the newest request counts', (t) => {
  const earlier: CertificateRequest = {
    metadata: metadata('web-0', 'web', { creationTimestamp: '2026-11-24T09:00:00Z' }),
    status: { conditions: [condition('Denied', 'True', 'earlier')] },
  };
  t.is(textAt({ requests: [request(approved), earlier] }), 'waits: CertificateRequest web-1 is not ready');
});

test('orders and challenges: the deepest one that says why', (t) => {
  const requests = [request(approved)];
  t.is(textAt({ requests, orders: [order('pending')] }), 'waits: Order web-1-order is not ready');
  t.is(textAt({ requests, orders: [order('errored', '429')] }), 'failed: Order web-1-order: 429');
  const orders = [order('pending')];
  const challenges = [
    challenge('a', 'valid', 'done'),
    challenge('b', 'pending'),
    challenge('c', 'pending', 'no such host'),
  ];
  t.is(textAt({ requests, orders, challenges }), 'challenge: Challenge c: no such host');
  t.is(textAt({ requests, orders, challenges: [challenge('d', 'invalid', '403')] }), 'failed: Challenge d: 403');
});
