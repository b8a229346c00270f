import { type CheckId, checkIds } from './check-ids.ts';
import { addressScope } from './checks/address-scope.ts';
import { addressValid } from './checks/address-valid.ts';
import { apiServerAnswers } from './checks/api-server-answers.ts';
import { dnsResolves } from './checks/dns-resolves.ts';
import { endpointSlicesReady } from './checks/endpoint-slices-ready.ts';
import { externalIpAnnotationEffective } from './checks/external-ip-annotation-effective.ts';
import { externalIpAnnotationValid } from './checks/external-ip-annotation-valid.ts';
import { headPodExists } from './checks/head-pod-exists.ts';
import { headPodReady } from './checks/head-pod-ready.ts';
import { headPodRunning } from './checks/head-pod-running.ts';
import { headPortListens } from './checks/head-port-listens.ts';
import { httpAnswers } from './checks/http-answers.ts';
import { ingressAccepted } from './checks/ingress-accepted.ts';
import { ingressBackendExists } from './checks/ingress-backend-exists.ts';
import { ingressClassExists } from './checks/ingress-class-exists.ts';
import { ingressClassOwned } from './checks/ingress-class-owned.ts';
import { ingressControllerPorts } from './checks/ingress-controller-ports.ts';
import { ingressControllerRunning } from './checks/ingress-controller-running.ts';
import { ingressControllerService } from './checks/ingress-controller-service.ts';
import { ingressExternalIp } from './checks/ingress-external-ip.ts';
import { ingressHostConflict } from './checks/ingress-host-conflict.ts';
import { ingressNginxAdmission } from './checks/ingress-nginx-admission.ts';
import { ingressNginxRetired } from './checks/ingress-nginx-retired.ts';
import { ingressNginxVersion } from './checks/ingress-nginx-version.ts';
import { ingressPathCurrent } from './checks/ingress-path-current.ts';
import { ingressRegexNeighbours } from './checks/ingress-regex-neighbours.ts';
import { kindContextForcesIngress } from './checks/kind-context-forces-ingress.ts';
import { loadBalancerAddress } from './checks/load-balancer-address.ts';
import { loadBalancerAnnounced } from './checks/load-balancer-announced.ts';
import { loadBalancerClassOwned } from './checks/load-balancer-class-owned.ts';
import { loadBalancerHealthCheck } from './checks/load-balancer-health-check.ts';
import { loadBalancerImplementation } from './checks/load-balancer-implementation.ts';
import { loadBalancerScheme } from './checks/load-balancer-scheme.ts';
import { networkPolicyAllows } from './checks/network-policy-allows.ts';
import { noOrphans } from './checks/no-orphans.ts';
import { permissions } from './checks/permissions.ts';
import { podipReachable } from './checks/podip-reachable.ts';
import { serviceNotTerminating } from './checks/service-not-terminating.ts';
import { servicePortKnown } from './checks/service-port-known.ts';
import { serviceSelectsHead } from './checks/service-selects-head.ts';
import { serviceSelectsOnlyHead } from './checks/service-selects-only-head.ts';
import { skyCanAddPorts } from './checks/sky-can-add-ports.ts';
import { skyConfigMatchesObjects } from './checks/sky-config-matches-objects.ts';
import { skyConfigPortMode } from './checks/sky-config-port-mode.ts';
import { skyPrintsUsable } from './checks/sky-prints-usable.ts';
import { tcpConnects } from './checks/tcp-connects.ts';
import { tlsCertificate } from './checks/tls-certificate.ts';
import type { Check } from './define-check.ts';

const byId: Readonly<Record<CheckId, Check>> = {
  'api-server-answers': apiServerAnswers,
  permissions: permissions,
  'sky-config-port-mode': skyConfigPortMode,
  'sky-config-matches-objects': skyConfigMatchesObjects,
  'kind-context-forces-ingress': kindContextForcesIngress,
  'no-orphans': noOrphans,
  'head-pod-exists': headPodExists,
  'head-pod-running': headPodRunning,
  'head-pod-ready': headPodReady,
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
  'load-balancer-announced': loadBalancerAnnounced,
  'load-balancer-scheme': loadBalancerScheme,
  'load-balancer-health-check': loadBalancerHealthCheck,
  'ingress-class-exists': ingressClassExists,
  'ingress-class-owned': ingressClassOwned,
  'ingress-backend-exists': ingressBackendExists,
  'ingress-path-current': ingressPathCurrent,
  'ingress-accepted': ingressAccepted,
  'ingress-regex-neighbours': ingressRegexNeighbours,
  'ingress-host-conflict': ingressHostConflict,
  'ingress-controller-running': ingressControllerRunning,
  'ingress-controller-service': ingressControllerService,
  'ingress-controller-ports': ingressControllerPorts,
  'ingress-external-ip': ingressExternalIp,
  'external-ip-annotation-valid': externalIpAnnotationValid,
  'external-ip-annotation-effective': externalIpAnnotationEffective,
  'ingress-nginx-admission': ingressNginxAdmission,
  'ingress-nginx-version': ingressNginxVersion,
  'ingress-nginx-retired': ingressNginxRetired,
  'sky-can-add-ports': skyCanAddPorts,
  'address-valid': addressValid,
  'sky-prints-usable': skyPrintsUsable,
  'address-scope': addressScope,
  'network-policy-allows': networkPolicyAllows,
  'dns-resolves': dnsResolves,
  'tcp-connects': tcpConnects,
  'tls-certificate': tlsCertificate,
  'http-answers': httpAnswers,
};

/** Every check, in the order of a packet's path: the first that fails is the root cause. */
export const allChecks: readonly Check[] = checkIds.map((id) => byId[id]);
