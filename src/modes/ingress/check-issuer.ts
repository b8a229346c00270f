import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { IssuerName } from '../../exposure/certificates/cert-manager.ts';
import { faultOfIssuer, linkText } from '../../exposure/certificates/chain.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { unseenWords } from '../../snapshot/unseen-words.ts';

/**
 * Refuses an issuer that would not issue a certificate. `--force` skips this check.
 *
 * @returns warnings, one per line: what could not be checked
 * @throws UsageError if cert-manager is not installed, if the issuer does not exist or is not ready, and if the host is
 * a wildcard for which the issuer has no way to prove who owns it
 */
export function refuseUnusableIssuer({ snapshot }: SnapshotIndex, request: ExposeRequest): string[] {
  const { tlsIssuer: issuer, host, skyCluster, force } = request;
  if (!issuer || force) return [];
  const { kind, name } = issuer;
  const topic = kind === 'Issuer' ? 'issuers' : 'clusterIssuers';
  const observation = snapshot.topics[topic];
  const { namespace } = skyCluster;
  if (!observation.observed) {
    if (observation.reason === 'not-served') {
      throw new UsageError(
        'cert-manager-missing',
        'cert-manager is not installed: the API server does not serve its issuers',
        [
          advice('an administrator can install it: https://cert-manager.io/docs/installation'),
          advice('or add --tls-secret NAME in place of the issuer; NAME is a Secret with the certificate'),
        ],
      );
    }
    return [`${unseenWords(topic, observation, namespace)}, so whether ${kind} ${name} can issue is unknown`];
  }
  const fault = faultOfIssuer(snapshot.topics, issuer, namespace);
  if (fault)
    throw new UsageError(
      fault.cause,
      faultText(fault, issuer, request),
      curesOf(fault.cause, issuer, request, observation.items),
    );
  const found = observation.items.find(({ metadata }) => metadata?.name === name);
  const solvers = found?.spec?.acme?.solvers ?? [];
  if (host?.startsWith('*.') && found?.spec?.acme && !solvers.some(({ dns01 }) => dns01 !== undefined)) {
    throw new UsageError(
      'wildcard-needs-dns01',
      `${kind} ${name} has no DNS-01 solver, and ACME servers issue certificates for wildcards such as ${host} only with DNS-01`,
      [
        advice("add --host '{port}-{cluster}.example.com' to give each port its own host"),
        advice('or name an issuer with a DNS-01 solver'),
        ...shownBy(issuer, namespace),
      ],
    );
  }
  return [];
}

function faultText(
  fault: NonNullable<ReturnType<typeof faultOfIssuer>>,
  { kind }: IssuerName,
  { skyCluster: { namespace } }: ExposeRequest,
): string {
  const where = fault.cause === 'issuer-missing' && kind === 'Issuer' ? ` in namespace ${namespace}` : '';
  return `${linkText(fault)}${where}`;
}

function curesOf(
  cause: string,
  issuer: IssuerName,
  { skyCluster: { namespace } }: ExposeRequest,
  items: readonly { readonly metadata?: { readonly name?: string; readonly namespace?: string } }[],
): Cure[] {
  const force = advice('or add --force to write the Ingress all the same: cert-manager issues the certificate later');
  if (cause !== 'issuer-missing') return [...shownBy(issuer, namespace), force];
  const names = items
    .filter(({ metadata }) => issuer.kind === 'ClusterIssuer' || metadata?.namespace === namespace)
    .flatMap(({ metadata }) => metadata?.name ?? []);
  const flag = issuer.kind === 'Issuer' ? '--tls-issuer' : '--tls-cluster-issuer';
  return [
    ...(names.length > 0
      ? [advice(`add ${flag} ${names[0]}${names.length > 1 ? `; others: ${names.slice(1).join(', ')}` : ''}`)]
      : []),
    cure(command`kubectl get clusterissuers,issuers -n ${namespace}`, 'lists the issuers that exist'),
    force,
  ];
}

function shownBy({ kind, name }: IssuerName, namespace: string): Cure[] {
  const place = kind === 'Issuer' ? ['-n', namespace] : [];
  return [cure(command`kubectl describe ${kind.toLowerCase()} ${name} ${place}`, 'shows what the issuer reports')];
}
