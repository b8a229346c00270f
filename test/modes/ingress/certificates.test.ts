import test from 'ava';
import { indexSnapshot } from '../../../src/exposure/snapshot-index.ts';
import { certificatesIfNeeded, withCertificatesJudged } from '../../../src/modes/ingress/certificates.ts';
import { issuedSecretsOf } from '../../../src/modes/ingress/tls.ts';
import { resolveEndpoints } from '../../../src/modes/resolve-endpoints.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import type { Certificate, CertificateRequest, Observation } from '../../../src/snapshot/topics.ts';
import { ask, base, ingressWrite } from '../../helpers/ingress-plans.ts';
import { forbidden, type KubernetesObject, lookAt, seen } from '../../helpers/look.ts';
import { exposed } from '../../helpers/requests.ts';

const host = 'app.example.com';
const tlsIssuer = { kind: 'Issuer', name: 'company' } as const;
const objects = exposed(base, ask({ ports: '80' }), ask({ ports: '8888', host, tlsIssuer }));
const [secretName] = issuedSecretsOf(ingressWrite(objects, {}).manifest);
const certificate = (status: string, message: string): Certificate => ({
  metadata: { name: secretName!, namespace: 'default' },
  spec: { secretName: secretName!, issuerRef: { ...tlsIssuer, group: 'cert-manager.io' } },
  status: { conditions: [{ type: 'Ready', status, reason: 'x', message, lastTransitionTime: '' }] },
});
const waiting = certificate('False', 'Issuing certificate as Secret does not exist');
const request: CertificateRequest = {
  metadata: {
    ...{ name: `${secretName}-1`, namespace: 'default' },
    ownerReferences: [{ apiVersion: 'cert-manager.io/v1', kind: 'Certificate', name: secretName!, uid: '' }],
  },
  status: {
    conditions: [
      { type: 'Approved', status: 'True', reason: '', message: '', lastTransitionTime: '' },
      { type: 'Ready', status: 'False', reason: 'Pending', message: 'Still waiting', lastTransitionTime: '' },
    ],
  },
};

function look(topics: Partial<Snapshot['topics']>, from: readonly KubernetesObject[] = objects): Snapshot {
  const snapshot = lookAt(from);
  return { ...snapshot, topics: { ...snapshot.topics, ...topics } };
}

function statesWith(topics: Partial<Snapshot['topics']>): string[] {
  const view = indexSnapshot(look(topics));
  return withCertificatesJudged(view, resolveEndpoints(view, {})).map(({ port, state, reason }) =>
    `${port} ${state} ${reason}`.trim(),
  );
}

test('a row is Ready only after its certificate is issued; other rows do not wait', (t) => {
  const late = ` until ${host} has its certificate, the controller presents its own`;
  t.deepEqual(statesWith({ certificates: seen([certificate('True', '')]) }), ['80 Ready', '8888 Ready']);
  t.deepEqual(statesWith({ certificates: seen([waiting]) }), [
    '80 Ready',
    `8888 Pending Certificate ${secretName}: Issuing certificate as Secret does not exist;${late}`,
  ]);
  t.deepEqual(statesWith({ certificates: seen([waiting]), certificateRequests: seen([request]) }), [
    '80 Ready',
    `8888 Pending CertificateRequest ${secretName}-1: Still waiting;${late}`,
  ]);
  t.deepEqual(statesWith({ certificates: seen([waiting]), issuers: seen([]) }), [
    '80 Ready',
    `8888 Pending Issuer company does not exist;${late}`,
  ]);
  t.deepEqual(statesWith({ certificates: seen<Certificate>([]) }), [
    '80 Ready',
    `8888 Pending cert-manager has not created Certificate ${secretName};${late}`,
  ]);
});

for (const [what, certificates] of [
  ['were not asked for', undefined],
  ['are forbidden', forbidden('certificates')],
  ['are not served', { observed: false, reason: 'not-served', message: 'not served' }],
] as const) {
  test(`a row stays Ready if Certificates ${what}`, (t) => {
    const topics = certificates ? { certificates: certificates as Observation<Certificate> } : {};
    t.deepEqual(statesWith(topics), ['80 Ready', '8888 Ready']);
  });
}

test('nothing more is asked for without an Ingress that asks for a certificate', (t) => {
  t.deepEqual(certificatesIfNeeded(lookAt(exposed(base, ask({ host, tlsSecret: 'cert' })))), {});
  const set = { 'cert-manager.io/issuer': 'company' };
  const { metadata, ...rest } = ingressWrite(base, {
    host,
    tlsSecret: 'cert',
    annotations: { set, remove: [] },
  }).manifest;
  const theirs = { ...rest, metadata: { ...metadata, name: 'web', labels: {} } };
  t.deepEqual(certificatesIfNeeded(lookAt([...base, theirs])), {}, 'it leads to no SkyPilot cluster');
});

test('first Certificates are asked for, then what a late one waits for', (t) => {
  const topics = (more: Partial<Snapshot['topics']>) => Object.keys(certificatesIfNeeded(look(more)));
  t.deepEqual(topics({}), ['certificates']);
  t.deepEqual(topics({ certificates: seen([certificate('True', '')]) }), ['certificates']);
  t.deepEqual(topics({ certificates: forbidden('certificates') }), ['certificates']);
  t.deepEqual(topics({ certificates: seen([waiting]) }), [
    ...['certificates', 'certificateRequests', 'issuers', 'orders', 'challenges'],
  ]);
});
