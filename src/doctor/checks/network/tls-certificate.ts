import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import { hostAndPort } from '../../../exposure/url.ts';
import { allModes } from '../../../modes/all-modes.ts';
import { keyOf } from '../../../snapshot/object-reference.ts';
import type { AddressProbe } from '../../../snapshot/probe.ts';
import { counted, listed } from '../../../snapshot/text.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import {
  type CalledPort,
  calledPorts,
  calledTopics,
  groupedCalls,
  isBehindProxy,
  notCalled,
  portsOf,
  servicePortsOf,
  unprovedCalls,
} from '../../subjects/called-ports.ts';
import { hasAnnotation, ingressOf } from '../../subjects/own-answer.ts';

/**
 * The names of controllers, by the subject of their built-in certificate. A controller presents this certificate for a
 * host that has no certificate of its own.
 */
const madeUpBy: Readonly<Record<string, string>> = {
  // Source: kubernetes/ingress-nginx, internal/net/ssl, GetFakeSSLCert.
  'Kubernetes Ingress Controller Fake Certificate': 'ingress-nginx',
  // Source: traefik/traefik, pkg/tls/generate/generate.go, DefaultDomain.
  'TRAEFIK DEFAULT CERT': 'Traefik',
};

export const tlsCertificate = defineCheck({
  id: 'tls-certificate',
  group: 'network',
  onPath: true,
  title: 'every https port shows a certificate that callers trust',
  severity: 'warning',
  needs: ['services'],
  wants: calledTopics,
  isCall: true,
  after: ['certificate-issued', 'network-policy-allows', 'dns-resolves', 'tcp-connects'],
  docs: () => ({
    means:
      'The certificate of an https port has expired or expires soon, is for other names, or is signed by an authority that this machine does not trust. Or the server leaves out an intermediate certificate of the chain. Or what answers there does not speak TLS. Only the last case is an error: the callers may trust the certificate of a company.',
    matters: 'Browsers warn, and programs refuse, unless they skip the check.',
    fix: 'Put a certificate for the host into the Secret that the Ingress names, in the namespace of the Ingress: without it the controller shows one that it makes up. The option `-k` of curl calls without checking it.',
    sources: [
      'RFC 5280, RFC 6125',
      'ingress-nginx docs/user-guide/tls.md: the default certificate',
      'OpenSSL: X509_verify_cert_error_string',
    ],
  }),
  notApplicable: (scene) =>
    notCalled(scene) ??
    (tlsCalls(scene).some(({ probe }) => probe.scheme === 'https') ? undefined : 'no port is https'),
  needsHere: () => ['probes'],
  unsettled: (scene) =>
    unprovedCalls(scene, ({ scheme, connection }) => scheme === 'https' && connection?.outcome !== 'open'),
  find: (scene) =>
    groupedCalls(
      tlsCalls(scene).filter(({ probe }) => isWrong(probe) || expiresSoon(probe, scene.takenAt)),
      ({ probe }) => `${probe.address} ${probe.host} ${probe.certificate?.code}`,
    ).map((calls) => {
      const { row, probe } = calls[0]!;
      return {
        about: [clusterKey(row)],
        servicePorts: servicePortsOf(calls),
        objects: row.source,
        evidence: row.source
          .slice(0, 1)
          .map((reference) => fieldOf(reference, `TLS ${hostAndPort(probe.host, probe.port)}`, probe.certificate)),
        calls,
        probe,
        daysLeft: daysLeftOf(probe, scene.takenAt),
        asked: askedSecretOf(row, probe.host, scene),
      };
    }),
  say: ({ calls, probe, asked, daysLeft }) =>
    `${hostAndPort(probe.host, probe.port)} (${portsOf(calls)}) ${whatIsWrong(probe, daysLeft)}${unusedSecret(probe, asked)}`,
  cures: ({ calls, probe, asked }) => curesOf(calls, probe, asked),
  severityOf: ({ probe }) => (speaksTls(probe) ? 'warning' : 'error'),
});

/**
 * The calls to judge. If a call was redirected to an https port, its entry contains this port and its certificate. If
 * the https port does not speak TLS, the check http-answers reports the redirect.
 */
function tlsCalls(scene: Pick<CheckContext, 'view' | 'subject'>): CalledPort[] {
  return calledPorts(scene).map(({ row, probe }) => {
    const { followed } = probe;
    if (!followed?.certificate?.validTo) return { row, probe };
    const { port, certificate, connection } = followed;
    return { row, probe: { ...probe, scheme: 'https', port, certificate, connection } };
  });
}

function isWrong(probe: AddressProbe): boolean {
  return Boolean(probe.certificate) && !probe.certificate!.trusted && (speaksTls(probe) || !isBehindProxy(probe));
}

/** Whether the server speaks TLS. If the probe found no certificate, the TLS handshake failed. */
function speaksTls({ certificate }: AddressProbe): boolean {
  return certificate?.validTo !== '';
}

/** The days until the certificate expires; negative if it has expired. */
function daysLeftOf({ certificate }: AddressProbe, now: string): number {
  return (Date.parse(certificate?.validTo ?? '') - Date.parse(now)) / dayMs;
}

const dayMs = 86_400_000;

/**
 * Whether a trusted certificate expires soon: in the last sixth of its lifetime, and at most 14 days before its end.
 * cert-manager and ACME clients renew a certificate in the last third, so a renewal has failed.
 */
function expiresSoon(probe: AddressProbe, now: string): boolean {
  const { certificate } = probe;
  if (!certificate?.trusted) return false;
  const lifetime = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom ?? '')) / dayMs;
  return daysLeftOf(probe, now) < Math.min(14, Number.isNaN(lifetime) ? 14 : lifetime / 6);
}

function daysText(days: number): string {
  const whole = Math.floor(Math.abs(days));
  return whole === 0 ? 'less than a day' : counted(whole, 'day');
}

function whatIsWrong({ certificate }: AddressProbe, daysLeft: number): string {
  const { code, subject, issuer, trusted, validTo, names, lacksIntermediate } = certificate!;
  if (validTo === '') return `does not speak TLS (${code})`;
  const maker = madeUpBy[subject];
  if (maker) return `shows the certificate that ${maker} makes up when it has none for the host`;
  const day = validTo.slice(0, 10);
  if (trusted) return `shows a certificate that expires in ${daysText(daysLeft)}, on ${day}: it was not renewed`;
  if (code === 'CERT_HAS_EXPIRED') return `shows a certificate that expired on ${day}`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `shows a certificate for ${listed(names.length > 0 ? names : [subject])}`;
  if (lacksIntermediate)
    return `shows a certificate without the intermediate certificate of ${issuer}, which callers need (${code})`;
  const by = issuer === subject ? 'itself' : issuer;
  return `shows a certificate signed by ${by}, which this machine does not trust (${code})`;
}

/** The Secret that the Ingress of a port names for a host. */
interface AskedSecret {
  readonly name: string;
  readonly namespace: string;
  readonly ingress: string;
  /** Whether an annotation of the Ingress makes cert-manager create the Secret. */
  readonly isOfCertManager: boolean;
}

function askedSecretOf(
  row: CalledPort['row'],
  host: string,
  scene: Pick<CheckContext, 'view' | 'subject' | 'namespace'>,
): AskedSecret | undefined {
  const ingress = ingressOf(row, scene);
  const name = ingress?.spec?.tls?.find(({ hosts = [] }) => hosts.includes(host))?.secretName;
  if (!ingress || !name) return undefined;
  const isOfCertManager = hasAnnotation(ingress, /^cert-manager\.io\/(?:cluster-)?issuer$/);
  return { name, namespace: ingress.metadata?.namespace ?? '', ingress: keyOf(ingress), isOfCertManager };
}

/**
 * Explains why the controller presents its built-in certificate. Either the Secret does not exist in the namespace of
 * the Ingress, or it is not valid for the host.
 */
function unusedSecret({ certificate }: AddressProbe, asked: AskedSecret | undefined): string {
  if (!asked || madeUpBy[certificate?.subject ?? ''] === undefined) return '';
  const { name, namespace, ingress } = asked;
  return `: Ingress ${ingress} names Secret ${name} for it, which does not exist in namespace ${namespace}, has no valid certificate, or one for another host`;
}

function curesOf(calls: readonly CalledPort[], probe: AddressProbe, asked: AskedSecret | undefined): readonly Cure[] {
  const { row } = calls[0]!;
  if (!speaksTls(probe)) {
    return [cure(command`curl ${`http://${hostAndPort(probe.address, probe.port)}`}`, 'calls it without TLS')];
  }
  if (allModes[row.mode].answeredBy === 'app') {
    return [cure(command`curl -k ${row.url ?? ''}`, 'calls without checking the certificate, which the app has')];
  }
  if (probe.certificate?.lacksIntermediate) {
    const where = asked ? `Secret ${asked.name} in namespace ${asked.namespace}` : 'the Secret with the certificate';
    return [advice(`add the intermediate certificates to tls.crt of ${where}, after the certificate itself`)];
  }
  if (asked) {
    const { name, namespace, isOfCertManager } = asked;
    if (isOfCertManager) {
      return [
        cure(
          command`kubectl describe certificate ${name} -n ${namespace}`,
          probe.certificate?.trusted
            ? 'shows why cert-manager has not renewed it'
            : 'shows why cert-manager has not made it',
        ),
        cure(command`kubectl get certificaterequests,orders,challenges -n ${namespace}`, 'shows how far it got'),
      ];
    }
    if (probe.certificate?.trusted) {
      return [advice(`renew the certificate, and replace Secret ${name} in namespace ${namespace} before it expires`)];
    }
    return [
      cure(command`kubectl get secret ${name} -n ${namespace}`, 'shows whether it exists there'),
      cure(
        command`kubectl create secret tls ${name} --cert=CERTIFICATE --key=KEY -n ${namespace}`,
        'makes it, if it does not; CERTIFICATE and KEY are files',
      ),
    ];
  }
  const secret = `${probe.host.replaceAll('.', '-')}-tls`;
  return [
    cure(
      command`kubectl create secret tls ${secret} --cert=CERTIFICATE --key=KEY -n ${row.namespace}`,
      'creates a Secret; CERTIFICATE and KEY are files',
    ),
    advice('give the Ingress that Secret: --tls-secret and --host of expose, or spec.tls of an Ingress of others'),
  ];
}
