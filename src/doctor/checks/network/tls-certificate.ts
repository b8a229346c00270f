import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import { hostAndPort } from '../../../exposure/url.ts';
import { allModes } from '../../../modes/all-modes.ts';
import type { AddressProbe } from '../../../snapshot/probe.ts';
import { listed } from '../../../snapshot/text.ts';
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
  unprovedCalls,
} from '../../subjects/called-ports.ts';

/** The certificate of ingress-nginx for hosts that have none (internal/net/ssl, FakeSSLCert). */
const fakeCertificate = 'Kubernetes Ingress Controller Fake Certificate';

export const tlsCertificate = defineCheck({
  id: 'tls-certificate',
  group: 'network',
  onPath: true,
  title: 'every https port shows a certificate that callers trust',
  severity: 'warning',
  needs: ['services'],
  wants: calledTopics,
  isCall: true,
  after: ['network-policy-allows', 'dns-resolves', 'tcp-connects'],
  docs: () => ({
    means:
      'The certificate of an https port has expired, is for other names, or has an authority that this machine does not trust. Or the port does not speak TLS. Only the last case is an error, because callers may trust a certificate of their company.',
    matters: 'Browsers show a warning. Programs refuse the connection unless they skip the check.',
    fix: "Put a certificate for the host into the Secret that the Ingress names. curl's option `-k` calls the port without checking the certificate.",
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
      tlsCalls(scene).filter(({ probe }) => isWrong(probe)),
      ({ probe }) => `${probe.address} ${probe.host} ${probe.certificate?.code}`,
    ).map((calls) => {
      const { row, probe } = calls[0]!;
      return {
        about: [clusterKey(row)],
        objects: row.source,
        evidence: row.source
          .slice(0, 1)
          .map((reference) => fieldOf(reference, `TLS ${hostAndPort(probe.host, probe.port)}`, probe.certificate)),
        calls,
        probe,
      };
    }),
  say: ({ calls, probe }) => `${hostAndPort(probe.host, probe.port)} (${portsOf(calls)}) ${whatIsWrong(probe)}`,
  cures: ({ calls, probe }) => curesOf(calls, probe),
  severityOf: ({ probe }) => (speaksTls(probe) ? 'warning' : 'error'),
});

/** The calls, each at the https port that it was redirected to. A port that has no TLS there is a fault of the redirect. */
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

/** Without a certificate, the handshake itself failed. */
function speaksTls({ certificate }: AddressProbe): boolean {
  return certificate?.validTo !== '';
}

function whatIsWrong({ certificate }: AddressProbe): string {
  const { code, subject, issuer, validTo, names } = certificate!;
  if (validTo === '') return `does not speak TLS (${code})`;
  if (subject === fakeCertificate)
    return 'shows the self-signed certificate that ingress-nginx uses if it has none for the host';
  if (code === 'CERT_HAS_EXPIRED') return `shows a certificate that expired on ${validTo.slice(0, 10)}`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `shows a certificate for ${listed(names.length > 0 ? names : [subject])}`;
  const by = issuer === subject ? 'itself' : issuer;
  return `shows a certificate signed by ${by}, which this machine does not trust (${code})`;
}

function curesOf(calls: readonly CalledPort[], probe: AddressProbe): readonly Cure[] {
  const { row } = calls[0]!;
  if (!speaksTls(probe)) {
    return [cure(command`curl ${`http://${hostAndPort(probe.address, probe.port)}`}`, 'calls it without TLS')];
  }
  if (allModes[row.mode].answeredBy === 'app') {
    return [cure(command`curl -k ${row.url ?? ''}`, 'calls without checking the certificate, which the app has')];
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
