import type { Ingress } from 'kubernetes-types/networking/v1';
import { clusterNameLabel } from '../../skypilot/names.ts';
import type { IssuerReference } from '../../snapshot/topics.ts';
import { fieldManager, managedByLabel } from '../ownership.ts';

/** The kinds of issuers that cert-manager itself has. */
export type IssuerKind = 'Issuer' | 'ClusterIssuer';

/** What signs a certificate. */
export interface IssuerName {
  readonly kind: IssuerKind;
  readonly name: string;
}

/** The topics with the objects of cert-manager that a certificate depends on. */
export const certificateTopics = [
  ...(['certificates', 'certificateRequests', 'orders', 'challenges'] as const),
  ...(['issuers', 'clusterIssuers'] as const),
] as const;

/** With one of these annotations, an Ingress asks cert-manager for its certificates (cert-manager docs, usage/ingress). */
export const issuerAnnotations: Readonly<Record<IssuerKind, string>> = {
  Issuer: 'cert-manager.io/issuer',
  ClusterIssuer: 'cert-manager.io/cluster-issuer',
};

/** The annotation with the labels of the Secrets, as JSON. */
const secretTemplateAnnotation = 'cert-manager.io/secret-template';

/** The annotations that this plugin writes into an Ingress for its issuer. */
export const ownIssuerAnnotations: readonly string[] = [...Object.values(issuerAnnotations), secretTemplateAnnotation];

/**
 * The annotations with which cert-manager issues the certificates of an Ingress. cert-manager never deletes the Secrets,
 * so labels show which Secrets this plugin has asked for.
 */
export function annotationsFor({ kind, name }: IssuerName, nameOnCloud: string): Record<string, string> {
  const labels = { [managedByLabel]: fieldManager, [clusterNameLabel]: nameOnCloud };
  return { [issuerAnnotations[kind]]: name, [secretTemplateAnnotation]: JSON.stringify({ labels }) };
}

/** The issuer that an Ingress names; undefined if it asks for no certificate. */
export function issuerOfIngress({ metadata }: Ingress): IssuerReference | undefined {
  const annotations = metadata?.annotations ?? {};
  const kind = (['Issuer', 'ClusterIssuer'] as const).find((each) => annotations[issuerAnnotations[each]]);
  if (kind === undefined) return undefined;
  const name = annotations[issuerAnnotations[kind]]!;
  // These two annotations name an issuer of another project, such as AWS Private CA.
  const group = annotations['cert-manager.io/issuer-group'];
  return { name, kind: annotations['cert-manager.io/issuer-kind'] ?? kind, ...(group !== undefined && { group }) };
}

/** Whether cert-manager's own controllers have this issuer, and not those of another project. */
export function isOwnIssuer({ kind = 'Issuer', group = 'cert-manager.io' }: IssuerReference): boolean {
  return group === 'cert-manager.io' && Object.hasOwn(issuerAnnotations, kind);
}

/**
 * The name of the Secret for one host of one of our Ingresses: `CLUSTER--skyports-tls--HASH`. Each Ingress has its own
 * Secrets. If two Ingresses had the same, cert-manager would make the certificate for only one of them.
 */
export function ownSecretName(nameOnCloud: string, ingress: string, host: string): string {
  return `${nameOnCloud}--skyports-tls--${hashOf(`${ingress}/${host}`)}`;
}

/** Whether a Secret has a name of `ownSecretName`. */
export function isOwnSecretName(name: string | undefined): boolean {
  return /--skyports-tls--[0-9a-f]{8}$/.test(name ?? '');
}

/** A hash of 32 bits in hexadecimal digits (FNV-1a). */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
