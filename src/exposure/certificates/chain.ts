import type { Condition } from 'kubernetes-types/meta/v1';
import { type ObjectReference, referenceTo, type WithMetadata } from '../../snapshot/object-reference.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import {
  type Certificate,
  type CertificateRequest,
  type Challenge,
  type IssuerReference,
  itemsOf,
  type Order,
} from '../../snapshot/topics.ts';
import { type certificateTopics, isOwnIssuer } from './cert-manager.ts';

/**
 * Why a certificate is not issued.
 *
 * - `no-certificate`: cert-manager has not created the Certificate of the Ingress
 * - `issuer-missing`, `issuer-not-ready`: the issuer does not exist, or cannot issue
 * - `denied`, `not-approved`: an approver refused the request, or has not decided yet
 * - `failed`: cert-manager has given up, and tries again later
 * - `challenge`: the ACME server has not seen yet who owns the name
 * - `waits`: no fault is known
 */
export type ChainCause =
  | 'no-certificate'
  | 'issuer-missing'
  | 'issuer-not-ready'
  | 'denied'
  | 'not-approved'
  | 'failed'
  | 'challenge'
  | 'waits';

/** The first object that is not ready on the way to a certificate. */
export interface ChainLink {
  readonly object: ObjectReference;
  readonly cause: ChainCause;
  /** What the object itself reports; '' if it reports nothing. */
  readonly words: string;
  /** The Certificate; undefined if it does not exist. */
  readonly certificate: Certificate | undefined;
}

type ChainTopics = Pick<Snapshot['topics'], (typeof certificateTopics)[number]>;

/**
 * The first object that is not ready, in the order in which cert-manager creates them: Certificate, CertificateRequest,
 * Order, Challenge. An issuer that cannot issue comes first. Undefined if the certificate is issued, or if Certificates
 * were not seen. Objects of other topics that were not seen are left out.
 */
export function chainTo(topics: ChainTopics, namespace: string, secretName: string): ChainLink | undefined {
  if (!topics.certificates.observed) return undefined;
  const certificate = topics.certificates.items.find(
    ({ metadata, spec }) => metadata?.namespace === namespace && spec?.secretName === secretName,
  );
  if (!certificate) {
    const object = { kind: 'Certificate', namespace, name: secretName };
    return { object, cause: 'no-certificate', words: '', certificate };
  }
  if (isTrue(certificate, 'Ready')) return undefined;
  const found =
    issuerLink(topics, certificate) ??
    requestLink(topics, certificate) ??
    linkOf('Certificate', certificate, ...ofCertificate(certificate));
  return { ...found, certificate };
}

type Link = Omit<ChainLink, 'certificate'>;

function linkOf(kind: string, object: WithMetadata, cause: ChainCause, words: string | undefined): Link {
  return { object: referenceTo(kind, object), cause, words: words ?? '' };
}

/** The issuer of a Certificate, if it does not exist or is not ready. */
function issuerLink(topics: ChainTopics, { metadata, spec }: Certificate): Link | undefined {
  return faultOfIssuer(topics, spec?.issuerRef ?? {}, metadata?.namespace ?? '');
}

/**
 * What is wrong with an issuer; undefined if it is ready, if it was not seen, or if it is not one of cert-manager's own.
 *
 * @param namespace the namespace of the Certificate
 */
export function faultOfIssuer(
  topics: Pick<ChainTopics, 'issuers' | 'clusterIssuers'>,
  reference: IssuerReference,
  namespace: string,
): Link | undefined {
  const { name = '', kind = 'Issuer' } = reference;
  if (!isOwnIssuer(reference)) return undefined;
  const place = kind === 'ClusterIssuer' ? '' : namespace;
  const observation = kind === 'ClusterIssuer' ? topics.clusterIssuers : topics.issuers;
  if (!observation.observed) return undefined;
  const issuer = observation.items.find(
    ({ metadata }) => metadata?.name === name && (metadata.namespace ?? '') === place,
  );
  if (!issuer) return { object: { kind, namespace: place, name }, cause: 'issuer-missing', words: '' };
  return isTrue(issuer, 'Ready')
    ? undefined
    : linkOf(kind, issuer, 'issuer-not-ready', conditionOf(issuer, 'Ready')?.message);
}

function requestLink(topics: ChainTopics, certificate: Certificate): Link | undefined {
  const request = newest(itemsOf(topics.certificateRequests).filter((each) => isOwnedBy(each, certificate)));
  if (!request || isTrue(request, 'Ready')) return undefined;
  const denied = conditionOf(request, 'Denied');
  if (denied?.status === 'True') return linkOf('CertificateRequest', request, 'denied', denied.message);
  const invalid = conditionOf(request, 'InvalidRequest');
  if (invalid?.status === 'True') return linkOf('CertificateRequest', request, 'failed', invalid.message);
  return orderLink(topics, request) ?? linkOf('CertificateRequest', request, ...ofRequest(request));
}

/** An Order that waits is left out if one of its Challenges says more. */
function orderLink(topics: ChainTopics, request: CertificateRequest): Link | undefined {
  const order = newest(itemsOf(topics.orders).filter((each) => isOwnedBy(each, request)));
  if (!order || order.status?.state === 'valid') return undefined;
  const challenges = itemsOf(topics.challenges).filter((each) => isOwnedBy(each, order));
  const open = challenges.filter(({ status }) => status?.state !== 'valid');
  const challenge = open.find(({ status }) => status?.reason) ?? open[0];
  if (challenge) return linkOf('Challenge', challenge, causeOf(challenge, 'challenge'), challenge.status?.reason);
  return linkOf('Order', order, causeOf(order, 'waits'), order.status?.reason);
}

/** The final states of ACME other than `valid` (RFC 8555, section 7.1.6; cert-manager adds `errored`). */
const failedStates: readonly (string | undefined)[] = ['invalid', 'errored', 'expired'];

function causeOf({ status }: Order | Challenge, otherwise: ChainCause): ChainCause {
  return failedStates.includes(status?.state) ? 'failed' : otherwise;
}

function ofRequest(request: CertificateRequest): [ChainCause, string | undefined] {
  const ready = conditionOf(request, 'Ready');
  if (ready?.reason === 'Failed') return ['failed', ready.message];
  if (!isTrue(request, 'Approved')) return ['not-approved', ready?.message];
  return ['waits', ready?.message];
}

/** After a failure, cert-manager waits for an hour or more before it tries again. Then no request exists. */
function ofCertificate(certificate: Certificate): [ChainCause, string | undefined] {
  const issuing = conditionOf(certificate, 'Issuing');
  if (issuing?.status === 'False' && issuing.message) return ['failed', issuing.message];
  return ['waits', issuing?.message ?? conditionOf(certificate, 'Ready')?.message];
}

interface WithConditions extends WithMetadata {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

function conditionOf({ status }: WithConditions, type: string): Condition | undefined {
  return status?.conditions?.find((each) => each.type === type);
}

function isTrue(object: WithConditions, type: string): boolean {
  return conditionOf(object, type)?.status === 'True';
}

/** A name is enough: an owner and what it owns are in the same namespace, and a dump may lack a uid. */
function isOwnedBy({ metadata }: WithMetadata, owner: WithMetadata): boolean {
  return (
    metadata?.namespace === owner.metadata?.namespace &&
    (metadata?.ownerReferences ?? []).some(
      ({ name, uid }) => name === owner.metadata?.name && (!owner.metadata?.uid || !uid || uid === owner.metadata.uid),
    )
  );
}

function newest<T extends WithMetadata>(objects: readonly T[]): T | undefined {
  const time = ({ metadata }: T) => metadata?.creationTimestamp ?? '';
  return objects.reduce<T | undefined>((last, each) => (last && time(last) >= time(each) ? last : each), undefined);
}

/** The object and its words: `Challenge train-1-0: Waiting for HTTP-01 challenge propagation: …`. */
export function linkText({ object, cause, words }: Pick<ChainLink, 'object' | 'cause' | 'words'>): string {
  const name = `${object.kind} ${object.name}`;
  if (cause === 'no-certificate') return `cert-manager has not created ${name}`;
  if (cause === 'issuer-missing') return `${name} does not exist`;
  if (cause === 'not-approved') return `${name} is not approved`;
  if (words === '') return `${name} is not ready`;
  return cause === 'issuer-not-ready' ? `${name} is not ready: ${words}` : `${name}: ${words}`;
}
