import type { Ingress } from 'kubernetes-types/networking/v1';
import { advice, type Command, type Cure, command, cure, part } from '../../errors/cure.ts';
import { type IssuerKind, issuerAnnotations, issuerOfIngress } from '../../exposure/certificates/cert-manager.ts';
import type { ChainCause, ChainLink } from '../../exposure/certificates/chain.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { ownerOfIngress } from '../../modes/ingress/list.ts';
import { exposeCommand } from '../format.ts';

/** A certificate that is not issued, and what its cures need. */
export interface LateCertificate {
  readonly link: ChainLink;
  readonly ingress: Ingress;
  /** A host that the certificate is for. */
  readonly host: string;
  /** A checked endpoint of the Ingress. */
  readonly row: Endpoint;
}

/** The cures for a certificate that is not issued. The command that shows the first broken object always comes last. */
export function certificateCures(late: LateCertificate): readonly Cure[] {
  return [...byCause[late.link.cause](late), ...shownBy(late.link)];
}

const byCause: Readonly<Record<ChainCause, (late: LateCertificate) => readonly Cure[]>> = {
  'no-certificate': ({ ingress: { metadata } }) => [
    cure(
      command`kubectl describe ingress ${metadata?.name ?? ''} -n ${metadata?.namespace ?? ''}`,
      'shows in its events why cert-manager refuses the Ingress',
    ),
    cure(command`kubectl get pods -A -l app.kubernetes.io/name=cert-manager`, 'shows whether cert-manager runs'),
  ],
  'issuer-missing': (late) => [
    cure(
      command`kubectl get clusterissuers,issuers -n ${late.ingress.metadata?.namespace ?? ''}`,
      'lists the issuers that exist',
    ),
    ...otherIssuer(late),
  ],
  'issuer-not-ready': ({ link }) => issuerCures(link),
  denied: (late) => [
    advice("an approver of cert-manager, such as approver-policy, refused it: ask the cluster's administrator"),
    ...again(late),
  ],
  'not-approved': () => [
    advice(
      'an approver has to approve it: usually cert-manager itself, or approver-policy if the administrator has replaced it',
    ),
  ],
  failed: (late) => [...wordCures(late), ...(isRateLimited(late) ? [] : again(late))],
  challenge: (late) => wordCures(late),
  waits: (late) => wordCures(late),
};

/** The command that shows the object and its events. */
function shownBy({ object: { kind, namespace, name }, cause }: ChainLink): Cure[] {
  if (cause === 'no-certificate' || cause === 'issuer-missing') return [];
  const shown = command`kubectl describe ${kind.toLowerCase()} ${name} ${namespace !== '' && part`-n ${namespace}`}`;
  return [cure(shown, `shows what ${kind} ${name} reports, and its events`)];
}

/** How to name another issuer. SkyPilot's own Ingresses are never written. */
function otherIssuer({ ingress, host, row }: LateCertificate): Cure[] {
  const owner = ownerOfIngress(ingress);
  if (owner === 'skypilot') return [];
  const kind = (issuerOfIngress(ingress)?.kind ?? 'Issuer') as IssuerKind;
  if (owner === 'kubectl-skyports') {
    const flag = part`--host ${host} ${kind === 'ClusterIssuer' ? '--tls-cluster-issuer' : '--tls-issuer'} ISSUER`;
    const port = { servicePort: row.port, targetPort: Number(row.targetPort) || row.port };
    const named = { displayName: row.skyCluster, nameOnCloud: row.nameOnCloud, namespace: row.namespace };
    return [cure(exposeCommand(named, [port], 'ingress', flag), 'names another one; ISSUER is its name')];
  }
  const { name = '', namespace = '' } = ingress.metadata ?? {};
  const patch = JSON.stringify({ metadata: { annotations: { [issuerAnnotations[kind]]: 'ISSUER' } } });
  const annotated = command`kubectl patch ingress ${name} -n ${namespace} --type=merge -p ${patch}`;
  return [cure(annotated, 'names another one; ISSUER is its name')];
}

/** cert-manager's messages about issuers (cert-manager pkg/issuer/ca/setup.go, pkg/issuer/acme/setup.go). */
function issuerCures({ object, words }: ChainLink): Cure[] {
  const secret = /secrets? "([^"]+)" not found/.exec(words)?.[1];
  if (secret !== undefined) {
    const namespace = object.namespace || 'cert-manager';
    const place = object.namespace === '' ? ', which is in the namespace of cert-manager' : '';
    return [
      cure(command`kubectl get secret ${secret} -n ${namespace}`, `shows whether the Secret of the CA exists${place}`),
      cure(
        command`kubectl create secret tls ${secret} --cert=CERTIFICATE --key=KEY -n ${namespace}`,
        'creates it; CERTIFICATE and KEY are files with the certificate and the key of the CA',
      ),
    ];
  }
  if (/register ACME account|acme/i.test(words)) {
    return [
      advice(
        "cert-manager's Pod has to reach the ACME server, and the server has to accept the account: see spec.acme of the issuer",
      ),
    ];
  }
  return [];
}

/** Whether an ACME server refuses more certificates for some time. Every further try makes this time longer. */
function isRateLimited({ link: { words } }: LateCertificate): boolean {
  return /rateLimited|too many (?:certificates|failed|new orders|requests)|\b429\b/i.test(words);
}

/** What to do about the words of an ACME server, or of cert-manager's own look at the name. */
function wordCures(late: LateCertificate): Cure[] {
  const { link, host, row } = late;
  const { words } = link;
  if (isRateLimited(late)) {
    return [
      advice(
        'the ACME server limits how often it issues certificates: wait until the limit is over, and use its staging server for tries',
      ),
    ];
  }
  if (/no such host|NXDOMAIN|DNS problem|no valid A records|SERVFAIL/i.test(words)) {
    const address = row.address === null ? 'the address of the ingress controller' : row.address;
    return [advice(`create a DNS entry for ${host} that leads to ${address}`)];
  }
  if (/wrong status code|connection refused|timeout|deadline exceeded|Invalid response|propagation/i.test(words)) {
    return [
      cure(
        command`kubectl get ingresses -n ${row.namespace} -l acme.cert-manager.io/http01-solver=true`,
        "shows the Ingress for the challenge: its class has to be the controller's",
      ),
      advice(`port 80 of ${host} has to be reachable for the ACME server, and for cert-manager's own Pod`),
    ];
  }
  return [];
}

/** After a failure, cert-manager waits for an hour or more. If the Certificate is new, it tries again at once. */
function again({ link: { certificate } }: LateCertificate): Cure[] {
  const { name, namespace, ownerReferences = [] } = certificate?.metadata ?? {};
  if (name === undefined || namespace === undefined || !ownerReferences.some(({ kind }) => kind === 'Ingress'))
    return [];
  const deleting: Command | null = command`kubectl delete certificate ${name} -n ${namespace} --interactive`;
  return [
    cure(
      deleting,
      'then: tries again at once, because cert-manager creates the Certificate of an Ingress again; its Secret stays',
    ),
  ];
}
