import { apiServerAnswers } from './checks/api-server-answers.ts';
import { endpointSlicesReady } from './checks/endpoint-slices-ready.ts';
import { headPodExists } from './checks/head-pod-exists.ts';
import { headPodReady } from './checks/head-pod-ready.ts';
import { headPodRunning } from './checks/head-pod-running.ts';
import { kindContextForcesIngress } from './checks/kind-context-forces-ingress.ts';
import { loadBalancerAddress } from './checks/load-balancer-address.ts';
import { permissions } from './checks/permissions.ts';
import { podipReachable } from './checks/podip-reachable.ts';
import { servicePortKnown } from './checks/service-port-known.ts';
import { serviceSelectsHead } from './checks/service-selects-head.ts';
import { serviceSelectsOnlyHead } from './checks/service-selects-only-head.ts';
import { skyConfigMatchesObjects } from './checks/sky-config-matches-objects.ts';
import { skyConfigPortMode } from './checks/sky-config-port-mode.ts';
import type { Check } from './define-check.ts';

const context = [apiServerAnswers, permissions, skyConfigPortMode, skyConfigMatchesObjects, kindContextForcesIngress];
const pods = [headPodExists, headPodRunning, headPodReady, podipReachable];
const service = [serviceSelectsHead, serviceSelectsOnlyHead, servicePortKnown, endpointSlicesReady];
const loadBalancer = [loadBalancerAddress];

/** Every check, in the order of a packet's path: the first that fails is the root cause. */
export const allChecks: readonly Check[] = [...context, ...pods, ...service, ...loadBalancer];
