import { advice, type Cure } from '../../../errors/cure.ts';
import { certificateTopics, issuerOfIngress } from '../../../exposure/certificates/cert-manager.ts';
import { chainTo, linkText } from '../../../exposure/certificates/chain.ts';
import { type AskedCertificate, askedCertificates, isForHost } from '../../../modes/ingress/certificates.ts';
import { keyOf, referenceTo } from '../../../snapshot/object-reference.ts';
import { humanDuration, listed } from '../../../snapshot/text.ts';
import type { CheckContext } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { secondsBetween, withoutStop } from '../../format.ts';
import { certificateCures } from '../../subjects/certificate-cures.ts';
import { ingressRows, judgedIngresses, notInIngressMode } from '../../subjects/ingress-mode.ts';
import { lastWarningOf, warningWords } from '../../subjects/warning-event.ts';

type Scene = Pick<CheckContext, 'view' | 'subject' | 'takenAt'>;

/** The time in which an issuer usually issues a certificate. */
const usualSeconds = 120;

export const certificateIssued = defineCheck({
  id: 'certificate-issued',
  group: 'controller',
  onPath: true,
  title: 'cert-manager has issued every certificate that an Ingress asks for',
  severity: 'warning',
  needs: ['services'],
  wants: [
    ...(['pods', 'ingresses', 'ingressClasses', 'controllerServices', 'ingressNginxServices'] as const),
    ...(['endpointSlices', 'nodes', 'events', 'apiGroups'] as const),
    ...certificateTopics,
  ],
  after: ['api-server-answers', 'ingress-class-exists'],
  docs: () => ({
    means:
      'An annotation of an Ingress (`cert-manager.io/issuer` or `cert-manager.io/cluster-issuer`) asks cert-manager for a certificate, and the certificate is not issued. The finding names the first object that is not ready, and its own words: the issuer, the Certificate, the CertificateRequest, the Order or the Challenge. Each of them waits for the next one. In the first two minutes, a certificate that is still being issued is only information. Afterwards, it is an error.',
    matters:
      'Until the certificate is issued, the controller presents a certificate of its own. Browsers warn, and programs refuse. The port itself works: `curl -k` calls it without checking the certificate.',
    fix: 'Fix the first broken object. After a failure, cert-manager waits for an hour before it tries again, and longer each time. If you delete the Certificate, it tries again at once.',
    sources: [
      'cert-manager docs/usage/ingress and docs/troubleshooting',
      'cert-manager pkg/apis/certmanager/v1, pkg/apis/acme/v1: conditions, states and reasons',
      'RFC 8555, section 7.1.6: the states of orders and challenges',
    ],
  }),
  notApplicable: (scene) =>
    notInIngressMode(scene) ??
    (asked(scene).length === 0 ? 'no Ingress asks cert-manager for a certificate' : undefined),
  needsHere: (scene) => (isInstalled(scene) ? ['ingresses', 'certificates'] : ['ingresses']),
  find: (scene): RankedFinding[] => {
    const missing = isInstalled(scene)
      ? []
      : asked(scene)
          .slice(0, 1)
          .map((each) => withoutCertManager(each));
    return [...missing, ...(isInstalled(scene) ? asked(scene).flatMap((each) => findingFor(each, scene)) : [])];
  },
  ...rankedFindings,
});

interface Judged extends AskedCertificate {
  readonly about: readonly string[];
}

function asked(scene: Scene): Judged[] {
  return judgedIngresses(scene).flatMap(({ ingress, about }) =>
    askedCertificates(ingress).map((each) => ({ ...each, about })),
  );
}

/** Whether the API server may serve cert-manager's kinds. If its API groups were not seen, it may. */
function isInstalled({ view }: Scene): boolean {
  const { apiGroups, certificates } = view.snapshot.topics;
  if (certificates.observed || !apiGroups.observed || apiGroups.cutOff) return true;
  return apiGroups.items.some(({ name }) => name === 'cert-manager.io');
}

function withoutCertManager({ ingress, about }: Judged): RankedFinding {
  const cures: Cure[] = [
    advice('an administrator can install it: https://cert-manager.io/docs/installation'),
    advice('or use a Secret with the certificate: --tls-secret of expose, or spec.tls of an Ingress of others'),
  ];
  const reference = referenceTo('Ingress', ingress);
  return {
    ...{ about, objects: [reference], severity: 'error', cures },
    evidence: [fieldOf(reference, 'metadata.annotations', issuerOfIngress(ingress))],
    fact: `Ingress ${keyOf(ingress)} asks cert-manager for a certificate, and cert-manager is not installed: the API server does not serve its API group`,
  };
}

function findingFor(own: Judged, scene: Scene): RankedFinding[] {
  const { ingress, secretName, about } = own;
  const { topics } = scene.view.snapshot;
  const link = chainTo(topics, ingress.metadata?.namespace ?? '', secretName);
  const rows = ingressRows(scene).filter(
    ({ source: [first] }) => `${first?.namespace}/${first?.name}` === keyOf(ingress),
  );
  const row = rows.find(({ url }) => url !== null && isForHost(own, new URL(url).hostname)) ?? rows[0];
  if (!link || !row) return [];
  const reference = referenceTo('Ingress', ingress);
  const hosts = own.hosts.length > 0 ? own.hosts : [row.url === null ? '' : new URL(row.url).hostname];
  const { kind = 'Issuer', name = '' } = issuerOfIngress(ingress) ?? {};
  const age = secondsBetween((link.certificate ?? ingress).metadata?.creationTimestamp, scene.takenAt);
  const isYoung = age !== undefined && age < usualSeconds;
  const isOpen = ['waits', 'challenge', 'not-approved', 'no-certificate'].includes(link.cause);
  const event = link.cause === 'no-certificate' ? lastWarningOf(topics.events, 'Ingress', ingress) : undefined;
  const since = isOpen && age !== undefined ? ` (for ${humanDuration(Math.trunc(age))})` : '';
  const refused = event ? `; ${warningWords(event, scene.takenAt)}` : '';
  const broken = link.object;
  return [
    {
      about,
      objects: [broken, reference],
      evidence: [
        ...(link.words === '' ? [] : [fieldOf(broken, 'status', link.words)]),
        fieldOf(reference, 'spec.tls', ingress.spec?.tls),
        ...(event ? [event] : []),
      ],
      severity: isOpen && isYoung && !event ? 'info' : 'error',
      fact: `Ingress ${keyOf(ingress)} asks ${kind} ${name} for a certificate for ${listed(hosts)}, which is not issued: ${withoutStop(linkText(link))}${since}${refused}`,
      cures: certificateCures({ link, ingress, host: hosts[0]!, row }),
    },
  ];
}
