import type { Ingress, IngressTLS } from 'kubernetes-types/networking/v1';
import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import {
  annotationsFor,
  type IssuerName,
  isOwnSecretName,
  issuerOfIngress,
  ownIssuerAnnotations,
  ownSecretName,
} from '../../exposure/certificates/cert-manager.ts';
import { isOurs } from '../../exposure/ownership.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { keyOf, type ObjectReference } from '../../snapshot/object-reference.ts';
import type { Plan } from '../../snapshot/plan.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { type Route, tlsFor } from './routes.ts';

/** The TLS settings of one of our Ingresses. */
export interface TlsPlan {
  readonly tls: readonly IngressTLS[];
  /** The annotations of the Ingress, with those of its issuer or without any issuer. */
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Plans which certificates one of our Ingresses presents. With an issuer, each host gets its own Secret, which
 * cert-manager writes.
 *
 * @param base the fields of the live Ingress that are ours; without a live Ingress, those of a new one
 * @param left our other Ingresses that the requested ports leave. Their certificates move with the ports
 * @param routes the routes of the Ingress after the request
 * @throws UsageError if cert-manager would replace the certificate in a Secret of the user, or if ports need two issuers
 */
export function planTls(
  base: Ingress,
  left: readonly Ingress[],
  routes: readonly Route[],
  request: ExposeRequest,
): TlsPlan {
  const { ports, tlsSecret, skyCluster } = request;
  const name = base.metadata?.name ?? '';
  const named = hostsOf(routes.filter(({ port }) => ports.some(({ servicePort }) => servicePort === port)));
  const moved = left.flatMap((each) => entriesFor(each.spec?.tls ?? [], named).map((entry) => ({ each, entry })));
  const issued = moved.find(({ entry }) => isOwnSecretName(entry.secretName));
  const issuer = request.tlsIssuer ?? (request.tlsIssuer === undefined ? issued && issuerNameOf(issued.each) : null);
  const present = tlsFor(routes, base.spec?.tls ?? []);
  const secretOf = (host: string) => ownSecretName(skyCluster.nameOnCloud, name, host);
  let tls: readonly IngressTLS[] = present;
  if (tlsSecret !== undefined) {
    tls = [...without(present, named), ...(tlsSecret === '' ? [] : [{ hosts: [...named], secretName: tlsSecret }])];
  } else if (issuer) {
    tls = [...without(present, named), ...named.map((host) => ({ hosts: [host], secretName: secretOf(host) }))];
  } else if (request.tlsIssuer === null) {
    const own = present.filter(({ secretName }) => isOwnSecretName(secretName));
    tls = [...present.filter((each) => !own.includes(each)), ...without(own, named)];
  } else if (moved.length > 0) {
    tls = [...without(present, named), ...moved.map(({ entry }) => entry)];
  }
  const annotations = base.metadata?.annotations ?? {};
  const before = issuerNameOf(base);
  const isIssued = ({ secretName }: IngressTLS) => isOwnSecretName(secretName);
  if (!tls.some(isIssued))
    return { tls, annotations: present.some(isIssued) ? withoutIssuer(annotations) : annotations };
  const foreign = tls.find((each) => !isIssued(each));
  if (foreign) refuseBeside(foreign, request, name);
  const kept = hostsIn(tls.filter(isIssued)).filter((host) => !named.includes(host));
  if (issuer && before && kept.length > 0 && (issuer.kind !== before.kind || issuer.name !== before.name)) {
    refuseTwoIssuers(before, kept, name, request);
  }
  if (!issuer) return { tls, annotations };
  return { tls, annotations: { ...withoutIssuer(annotations), ...annotationsFor(issuer, skyCluster.nameOnCloud) } };
}

/** One of our Ingresses without the issuer, if it no longer has a Secret that cert-manager writes. */
export function withoutUnusedIssuer(before: Ingress, after: Ingress): Ingress {
  const isIssued = ({ spec }: Ingress) => (spec?.tls ?? []).some(({ secretName }) => isOwnSecretName(secretName));
  if (!isIssued(before) || isIssued(after)) return after;
  return { ...after, metadata: { ...after.metadata, annotations: withoutIssuer(after.metadata?.annotations ?? {}) } };
}

/** The Secrets of an Ingress that cert-manager writes at the request of this plugin. */
export function issuedSecretsOf({ spec }: Ingress): string[] {
  return (spec?.tls ?? []).flatMap(({ secretName }) => (secretName && isOwnSecretName(secretName) ? [secretName] : []));
}

/** The Secrets that cert-manager writes for our Ingresses, and that no Ingress names after these changes. */
export function leftSecretsOf(
  view: SnapshotIndex,
  { writes, removals }: Pick<Plan, 'writes' | 'removals'>,
): ObjectReference[] {
  const changed = new Map(writes.map(({ manifest }) => [keyOf(manifest), manifest as Ingress]));
  const removed = new Set(
    removals.filter(({ kind }) => kind === 'Ingress').map(({ namespace, name }) => `${namespace}/${name}`),
  );
  const secretsIn = (ingresses: readonly Ingress[]) =>
    ingresses.flatMap((each) => issuedSecretsOf(each).map((name) => `${each.metadata?.namespace}/${name}`));
  const own = itemsOf(view.snapshot.topics.ingresses).filter(({ metadata }) => isOurs(metadata));
  const kept = secretsIn(
    own.filter((each) => !removed.has(keyOf(each))).map((each) => changed.get(keyOf(each)) ?? each),
  );
  return [...new Set(secretsIn(own))]
    .filter((key) => !kept.includes(key))
    .map((key) => ({ kind: 'Secret', namespace: key.split('/')[0]!, name: key.split('/')[1]! }));
}

/** The flag of `expose` for an issuer, and its value. */
export function issuerFlags({ kind, name }: IssuerName): readonly [string, string] {
  return [kind === 'Issuer' ? '--tls-issuer' : '--tls-cluster-issuer', name];
}

function issuerNameOf(ingress: Ingress): IssuerName | undefined {
  const { name, kind } = issuerOfIngress(ingress) ?? {};
  return name !== undefined && (kind === 'Issuer' || kind === 'ClusterIssuer') ? { kind, name } : undefined;
}

function withoutIssuer(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !ownIssuerAnnotations.includes(key)));
}

function hostsOf(routes: readonly Route[]): string[] {
  return [...new Set(routes.flatMap(({ host }) => host ?? []))];
}

function hostsIn(tls: readonly IngressTLS[]): string[] {
  return [...new Set(tls.flatMap(({ hosts = [] }) => hosts))];
}

/** The entries without these hosts. */
function without(tls: readonly IngressTLS[], named: readonly string[]): IngressTLS[] {
  return tls.flatMap((entry) => {
    const hosts = entry.hosts?.filter((each) => !named.includes(each));
    return hosts?.length === 0 ? [] : [{ ...entry, ...(hosts && { hosts }) }];
  });
}

/** The entries that cover some of these hosts, for these hosts only. */
function entriesFor(tls: readonly IngressTLS[], named: readonly string[]): IngressTLS[] {
  return tls.flatMap((entry) => {
    const hosts = (entry.hosts ?? []).filter((each) => named.includes(each));
    return hosts.length > 0 ? [{ ...entry, hosts }] : [];
  });
}

/** cert-manager issues certificates for all entries of an Ingress, and overwrites the Secrets that they name. */
function refuseBeside(
  { hosts = [], secretName = '' }: IngressTLS,
  { skyCluster, tlsIssuer }: ExposeRequest,
  name: string,
): never {
  const hasIssuer = tlsIssuer !== undefined && tlsIssuer !== null;
  throw new UsageError(
    'secret-beside-issuer',
    `Ingress ${name} would have both an issuer and Secret ${secretName} (for ${hosts.join(', ')}): cert-manager would replace the certificate in this Secret`,
    [
      advice(
        hasIssuer
          ? `give ${hosts.join(', ')} its certificate by the same issuer: expose its port with the same flag`
          : 'use the issuer for this port, too, or --tls-secret for the other ports of the Ingress',
      ),
      cure(
        command`kubectl get ingress ${name} -n ${skyCluster.namespace} -o jsonpath={.spec.tls}`,
        'shows the hosts and their Secrets',
      ),
    ],
  );
}

function refuseTwoIssuers(
  before: IssuerName,
  kept: readonly string[],
  name: string,
  { skyCluster }: ExposeRequest,
): never {
  const [flag, value] = issuerFlags(before);
  throw new UsageError(
    'two-issuers',
    `an Ingress has one issuer, and ${before.kind} ${before.name} issues the certificate of ${kept.join(', ')} in Ingress ${name}`,
    [
      advice(`name the ports of ${kept.join(', ')}, too, to change the issuer of all of them`),
      advice(`or use ${flag} ${value}`),
      cure(
        command`kubectl get ingress ${name} -n ${skyCluster.namespace} -o jsonpath={.spec.tls}`,
        'shows the hosts and their Secrets',
      ),
    ],
  );
}
