import type { Ingress } from 'kubernetes-types/networking/v1';
import { isOwnIssuer, issuerOfIngress } from '../../exposure/certificates/cert-manager.ts';
import { chainTo, linkText } from '../../exposure/certificates/chain.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { indexSnapshot, type SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequests } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { ingressEndpoints } from './list.ts';

/** A certificate that an Ingress asks cert-manager for. */
export interface AskedCertificate {
  readonly ingress: Ingress;
  /** The hosts of the entry in `spec.tls`; empty for all hosts of the Ingress. */
  readonly hosts: readonly string[];
  readonly secretName: string;
}

/** The certificates that cert-manager has to issue for an Ingress. */
export function askedCertificates(ingress: Ingress): AskedCertificate[] {
  if (!issuerOfIngress(ingress)) return [];
  return (ingress.spec?.tls ?? []).flatMap(({ hosts = [], secretName }) =>
    secretName ? [{ ingress, hosts, secretName }] : [],
  );
}

/** Whether the Certificate covers the host of a rule. */
export function isForHost({ hosts }: AskedCertificate, host: string): boolean {
  return hosts.length === 0 || hosts.includes(host) || hosts.includes(host.replace(/^[^.]+/, '*'));
}

/**
 * The requests for what shows how far cert-manager is. Empty if no Ingress of a row asks for a certificate. As long as
 * a Certificate is not ready, they include the objects that it waits for.
 */
export function certificatesIfNeeded(snapshot: Snapshot): TopicRequests {
  const onPath = askingIngresses(snapshot);
  const { certificates } = certificateRequests(snapshot.namespace, onPath);
  const isLate = onPath
    .flatMap(askedCertificates)
    .some((each) => chainTo(snapshot.topics, namespaceOf(each), each.secretName) !== undefined);
  return isLate ? certificateRequests(snapshot.namespace, onPath) : { ...(certificates && { certificates }) };
}

/** The Ingresses that lead to a SkyPilot cluster, and ask cert-manager for a certificate. */
export function askingIngresses(snapshot: Snapshot): Ingress[] {
  const asking = itemsOf(snapshot.topics.ingresses).filter((each) => askedCertificates(each).length > 0);
  if (asking.length === 0) return [];
  const keys = new Set(ingressEndpoints(indexSnapshot(snapshot)).map(ingressKeyOf));
  return asking.filter((each) => keys.has(keyOf(each)));
}

/**
 * The requests for Certificates and for all that they depend on. Empty without an Ingress that asks for certificates.
 *
 * @param asking the Ingresses that ask for certificates
 */
export function certificateRequests(namespace: string | null, asking: readonly Ingress[]): TopicRequests {
  if (asking.length === 0) return {};
  const issuers = asking.flatMap((each) => issuerOfIngress(each) ?? []).filter(isOwnIssuer);
  return {
    certificates: { path: collectionPath('Certificate', namespace) },
    certificateRequests: { path: collectionPath('CertificateRequest', namespace) },
    ...Object.assign({}, ...issuers.map(({ kind }) => issuerRequest(kind, namespace))),
    orders: { path: collectionPath('Order', namespace) },
    challenges: { path: collectionPath('Challenge', namespace) },
  };
}

/** The request for all issuers of one kind. */
export function issuerRequest(kind: string | undefined, namespace: string | null): TopicRequests {
  return kind === 'ClusterIssuer'
    ? { clusterIssuers: { path: collectionPath('ClusterIssuer', null) } }
    : { issuers: { path: collectionPath('Issuer', namespace) } };
}

/**
 * The rows, after a look at cert-manager's Certificates. A row is Ready only after its certificate was issued: until
 * then, the controller presents its own certificate, which no caller trusts.
 */
export function withCertificatesJudged(view: SnapshotIndex, rows: readonly Endpoint[]): Endpoint[] {
  const { topics } = view.snapshot;
  if (!topics.certificates.observed) return [...rows];
  const asked = itemsOf(topics.ingresses).flatMap(askedCertificates);
  if (asked.length === 0) return [...rows];
  return rows.map((row) => {
    if (row.state !== 'Ready' || row.mode !== 'ingress' || row.url === null) return row;
    const { protocol, hostname } = new URL(row.url);
    const own = asked.find((each) => keyOf(each.ingress) === ingressKeyOf(row) && isForHost(each, hostname));
    const link = own && protocol === 'https:' ? chainTo(topics, row.namespace, own.secretName) : undefined;
    if (!link) return row;
    const reason = `${linkText(link)}; until ${hostname} has its certificate, the controller presents its own`;
    return { ...row, state: 'Pending', reason };
  });
}

function ingressKeyOf({ source }: Endpoint): string {
  const ingress = source.find(({ kind }) => kind === 'Ingress');
  return `${ingress?.namespace}/${ingress?.name}`;
}

function namespaceOf({ ingress }: AskedCertificate): string {
  return ingress.metadata?.namespace ?? '';
}
