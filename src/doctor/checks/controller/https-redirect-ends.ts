import type { Endpoint } from '../../../exposure/endpoint.ts';
import { type AddressProbe, lastHttpOf } from '../../../snapshot/probe.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type ToldFinding, toldFindings } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { type CalledPort, calledPorts, calledTopics, isBehindProxy, portsOf } from '../../subjects/called-ports.ts';
import { isOn } from '../../subjects/controller-settings.ts';
import { notInIngressMode } from '../../subjects/ingress-mode.ts';
import { judgedControllers } from '../../subjects/judged-controllers.ts';
import {
  loopCuresOf,
  loopWhy,
  type RedirectCause,
  redirectCauseOf,
  tlsEndWords,
} from '../../subjects/redirect-loop.ts';
import { redirectFaultOf } from '../../subjects/redirects.ts';

type Scene = Pick<CheckContext, 'view' | 'subject' | 'namespace'>;

export const httpsRedirectEnds = defineCheck({
  id: 'https-redirect-ends',
  group: 'controller',
  onPath: true,
  breaksCalls: true,
  title: 'https redirects of the ingress controller reach the app',
  severity: 'error',
  needs: ['services'],
  wants: [...calledTopics, 'controllerPods', 'controllerConfigMaps'],
  after: ['api-server-answers', 'ingress-controller-running', 'proxy-protocol-agreed'],
  docs: () => ({
    means:
      "ingress-nginx redirects callers to https, because of `force-ssl-redirect` (in the Ingress or the ConfigMap) or a certificate of the Ingress. But TLS ends before the controller: an annotation gives the load balancer a certificate, or the Service sends its https port to the controller's http port. Each https call then arrives as plain HTTP and is redirected again, unless `use-forwarded-headers` is set. The result of calls decides. Without calls, it is reported only if the Service shows it for certain.",
    matters: 'Browsers stop with "too many redirects", and no program gets an answer.',
    fix: 'If the load balancer speaks HTTP with the controller, set `use-forwarded-headers`. A load balancer that only passes bytes on cannot tell the controller that a call came by https. In this case, turn the redirect off, or use the PROXY protocol, whose port 443 counts as https.',
    sources: [
      'ingress-nginx rootfs/etc/nginx/lua/lua_ingress.lua: redirect_to_https, pass_access_scheme',
      'ingress-nginx docs/user-guide/nginx-configuration/configmap.md: use-forwarded-headers, force-ssl-redirect',
      'https://github.com/kubernetes/ingress-nginx/issues/2724',
    ],
  }),
  notApplicable: (scene) =>
    notInIngressMode(scene) ??
    (redirecting(scene).length === 0
      ? 'nothing shows that TLS ends before a controller that redirects to https'
      : undefined),
  find: (scene): ToldFinding[] =>
    redirecting(scene).flatMap(({ row, cause, calls }) => {
      const [turned] = calls.filter(({ probe }) => isTurned(probe));
      const isSure = cause.settings?.settings !== undefined && cause.arrivesPlain;
      if (calls.length > 0 ? !turned : !isSure) return [];
      const reference = serviceReference(cause.service!);
      const met = turned
        ? `; a call of ${row.url} (${portsOf([turned])}) is answered with ${lastHttpOf(turned.probe)?.status}`
        : '';
      return [
        {
          about: [clusterKey(row)],
          objects: [...row.source.slice(0, 1), reference],
          evidence: [
            fieldOf(reference, 'spec.ports', cause.service!.spec?.ports),
            ...(turned ? [fieldOf(reference, `GET ${row.url}`, turned.probe.followed ?? turned.probe.http)] : []),
          ],
          fact: `${loopWhy({ row }, scene)}: it redirects callers to https again and again${met}`,
          cures: loopCuresOf({ row }, true, scene),
        },
      ];
    }),
  ...toldFindings,
});

interface Redirecting {
  readonly row: Endpoint;
  readonly cause: RedirectCause;
  /** The calls of the port. A call is left out if other programs on this machine use a proxy for its address. */
  readonly calls: readonly CalledPort[];
}

/**
 * The ports with this fault: a load balancer terminates TLS, and the controller behind it still redirects to https.
 * Ports of the same Ingress have the same fault, so the result contains one of them.
 */
function redirecting(scene: Scene): Redirecting[] {
  const before = judgedControllers(scene).filter(({ service }) => tlsEndWords(service) !== undefined);
  if (before.length === 0) return [];
  const all = Map.groupBy(
    calledPorts(scene).filter(({ probe }) => !isBehindProxy(probe)),
    ({ row }) => row.url,
  );
  const found = before.flatMap(({ service, rows }) =>
    rows.flatMap((row) => {
      const cause = redirectCauseOf({ row }, scene, service);
      const seen = cause.settings?.settings;
      if (!cause.settings || !cause.forcedBy || isOn(seen?.['use-forwarded-headers'])) return [];
      if (isOn(seen?.['use-proxy-protocol'])) return [];
      return [{ row, cause, calls: all.get(row.url) ?? [] }];
    }),
  );
  return [...Map.groupBy(found, ({ row }) => `${row.source[0]?.namespace}/${row.source[0]?.name}`).values()].map(
    (each) => each[0]!,
  );
}

/**
 * Whether the answer redirects to a URL that was already called. Dumps of earlier versions do not contain the targets
 * of redirects. In such a dump, every redirect counts.
 */
function isTurned(probe: AddressProbe): boolean {
  const http = lastHttpOf(probe);
  if (http?.outcome !== 'answered' || ![301, 302, 307, 308].includes(http.status)) return false;
  return !http.location || redirectFaultOf(probe)?.kind === 'loop';
}
