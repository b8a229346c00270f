import type { Topic } from '../snapshot/topics.ts';
import { addressScope } from './checks/address/address-scope.ts';
import { addressValid } from './checks/address/address-valid.ts';
import { skyPrintsUsable } from './checks/address/sky-prints-usable.ts';
import { appAcceptsHost } from './checks/app/app-accepts-host.ts';
import { appAcceptsWebsocket } from './checks/app/app-accepts-websocket.ts';
import { appNeedsSlash } from './checks/app/app-needs-slash.ts';
import { appServedUnderPrefix } from './checks/app/app-served-under-prefix.ts';
import { openToTheWorld } from './checks/app/open-to-the-world.ts';
import { apiServerAnswers } from './checks/context/api-server-answers.ts';
import { kindContextForcesIngress } from './checks/context/kind-context-forces-ingress.ts';
import { permissions } from './checks/context/permissions.ts';
import { skyConfigMatchesObjects } from './checks/context/sky-config-matches-objects.ts';
import { skyConfigPortMode } from './checks/context/sky-config-port-mode.ts';
import { writesAccepted } from './checks/context/writes-accepted.ts';
import { certificateIssued } from './checks/controller/certificate-issued.ts';
import { controllerWarnings } from './checks/controller/controller-warnings.ts';
import { externalIpAnnotationEffective } from './checks/controller/external-ip-annotation-effective.ts';
import { externalIpAnnotationValid } from './checks/controller/external-ip-annotation-valid.ts';
import { httpsRedirectEnds } from './checks/controller/https-redirect-ends.ts';
import { ingressControllerPorts } from './checks/controller/ingress-controller-ports.ts';
import { ingressControllerRunning } from './checks/controller/ingress-controller-running.ts';
import { ingressControllerService } from './checks/controller/ingress-controller-service.ts';
import { ingressExternalIp } from './checks/controller/ingress-external-ip.ts';
import { ingressNginxAdmission } from './checks/controller/ingress-nginx-admission.ts';
import { ingressNginxDefaults } from './checks/controller/ingress-nginx-defaults.ts';
import { ingressNginxRetired } from './checks/controller/ingress-nginx-retired.ts';
import { ingressNginxVersion } from './checks/controller/ingress-nginx-version.ts';
import { ingressServed } from './checks/controller/ingress-served.ts';
import { proxyProtocolAgreed } from './checks/controller/proxy-protocol-agreed.ts';
import { ingressAccepted } from './checks/ingress/ingress-accepted.ts';
import { ingressBackendExists } from './checks/ingress/ingress-backend-exists.ts';
import { ingressBackendsHealthy } from './checks/ingress/ingress-backends-healthy.ts';
import { ingressClassExists } from './checks/ingress/ingress-class-exists.ts';
import { ingressClassOwned } from './checks/ingress/ingress-class-owned.ts';
import { ingressHostConflict } from './checks/ingress/ingress-host-conflict.ts';
import { ingressPathCurrent } from './checks/ingress/ingress-path-current.ts';
import { ingressRegexNeighbours } from './checks/ingress/ingress-regex-neighbours.ts';
import { noOrphans } from './checks/leftovers/no-orphans.ts';
import { portsClosedInTime } from './checks/leftovers/ports-closed-in-time.ts';
import { loadBalancerAddress } from './checks/load-balancer/load-balancer-address.ts';
import { loadBalancerAnnounced } from './checks/load-balancer/load-balancer-announced.ts';
import { loadBalancerClassOwned } from './checks/load-balancer/load-balancer-class-owned.ts';
import { loadBalancerHealthCheck } from './checks/load-balancer/load-balancer-health-check.ts';
import { loadBalancerImplementation } from './checks/load-balancer/load-balancer-implementation.ts';
import { loadBalancerLocalNodes } from './checks/load-balancer/load-balancer-local-nodes.ts';
import { loadBalancerOneImplementation } from './checks/load-balancer/load-balancer-one-implementation.ts';
import { loadBalancerScheme } from './checks/load-balancer/load-balancer-scheme.ts';
import { dnsResolves } from './checks/network/dns-resolves.ts';
import { httpAnswers } from './checks/network/http-answers.ts';
import { meshAdmitsCallers } from './checks/network/mesh-admits-callers.ts';
import { networkPolicyAllows } from './checks/network/network-policy-allows.ts';
import { tcpConnects } from './checks/network/tcp-connects.ts';
import { tlsCertificate } from './checks/network/tls-certificate.ts';
import { headPodExists } from './checks/pods/head-pod-exists.ts';
import { headPodReady } from './checks/pods/head-pod-ready.ts';
import { headPodRunning } from './checks/pods/head-pod-running.ts';
import { hostNetworkPorts } from './checks/pods/host-network-ports.ts';
import { podipReachable } from './checks/pods/podip-reachable.ts';
import { endpointSlicesReady } from './checks/service/endpoint-slices-ready.ts';
import { headPortListens } from './checks/service/head-port-listens.ts';
import { serviceNotTerminating } from './checks/service/service-not-terminating.ts';
import { servicePortKnown } from './checks/service/service-port-known.ts';
import { serviceSelectsHead } from './checks/service/service-selects-head.ts';
import { serviceSelectsOnlyHead } from './checks/service/service-selects-only-head.ts';
import { skyCanAddPorts } from './checks/skypilot/sky-can-add-ports.ts';
import type { Check } from './define-check.ts';
import type { Finding } from './finding.ts';

/** All checks by their id, in the order of a packet's path. */
const byId = {
  'api-server-answers': apiServerAnswers,
  permissions: permissions,
  'writes-accepted': writesAccepted,
  'sky-config-port-mode': skyConfigPortMode,
  'sky-config-matches-objects': skyConfigMatchesObjects,
  'kind-context-forces-ingress': kindContextForcesIngress,
  'no-orphans': noOrphans,
  'ports-closed-in-time': portsClosedInTime,
  'head-pod-exists': headPodExists,
  'head-pod-running': headPodRunning,
  'head-pod-ready': headPodReady,
  'host-network-ports': hostNetworkPorts,
  'podip-reachable': podipReachable,
  'service-not-terminating': serviceNotTerminating,
  'service-selects-head': serviceSelectsHead,
  'service-selects-only-head': serviceSelectsOnlyHead,
  'service-port-known': servicePortKnown,
  'endpoint-slices-ready': endpointSlicesReady,
  'head-port-listens': headPortListens,
  'load-balancer-implementation': loadBalancerImplementation,
  'load-balancer-class-owned': loadBalancerClassOwned,
  'load-balancer-address': loadBalancerAddress,
  'load-balancer-one-implementation': loadBalancerOneImplementation,
  'load-balancer-announced': loadBalancerAnnounced,
  'load-balancer-local-nodes': loadBalancerLocalNodes,
  'load-balancer-scheme': loadBalancerScheme,
  'load-balancer-health-check': loadBalancerHealthCheck,
  'ingress-class-exists': ingressClassExists,
  'ingress-class-owned': ingressClassOwned,
  'ingress-backend-exists': ingressBackendExists,
  'ingress-path-current': ingressPathCurrent,
  'ingress-accepted': ingressAccepted,
  'ingress-regex-neighbours': ingressRegexNeighbours,
  'ingress-host-conflict': ingressHostConflict,
  'ingress-backends-healthy': ingressBackendsHealthy,
  'ingress-controller-running': ingressControllerRunning,
  'ingress-served': ingressServed,
  'ingress-controller-service': ingressControllerService,
  'ingress-controller-ports': ingressControllerPorts,
  'ingress-external-ip': ingressExternalIp,
  'external-ip-annotation-valid': externalIpAnnotationValid,
  'external-ip-annotation-effective': externalIpAnnotationEffective,
  'proxy-protocol-agreed': proxyProtocolAgreed,
  'https-redirect-ends': httpsRedirectEnds,
  'certificate-issued': certificateIssued,
  'ingress-nginx-admission': ingressNginxAdmission,
  'ingress-nginx-version': ingressNginxVersion,
  'ingress-nginx-defaults': ingressNginxDefaults,
  'ingress-nginx-retired': ingressNginxRetired,
  'controller-warnings': controllerWarnings,
  'sky-can-add-ports': skyCanAddPorts,
  'address-valid': addressValid,
  'sky-prints-usable': skyPrintsUsable,
  'address-scope': addressScope,
  'network-policy-allows': networkPolicyAllows,
  'mesh-admits-callers': meshAdmitsCallers,
  'dns-resolves': dnsResolves,
  'tcp-connects': tcpConnects,
  'tls-certificate': tlsCertificate,
  'http-answers': httpAnswers,
  'app-accepts-host': appAcceptsHost,
  'app-served-under-prefix': appServedUnderPrefix,
  'app-needs-slash': appNeedsSlash,
  'app-accepts-websocket': appAcceptsWebsocket,
  'open-to-the-world': openToTheWorld,
} as const;

/**
 * The id of a check. It is also the value of `--only` and `--skip`, the anchor in docs/checks.md, and the name of the
 * file.
 */
export type CheckId = keyof typeof byId;

// If `after` of a check contains an unknown id, the compiler reports an error here.
const known: Readonly<Record<CheckId, Check<Topic, Topic, Finding, CheckId>>> = byId;

/** All checks, in the order of a packet's path. An earlier failure may explain a later failure. */
export const allChecks: readonly Check[] = Object.values(known);
