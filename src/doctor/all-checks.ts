import { headPodExists } from './checks/head-pod-exists.ts';
import type { Check } from './define-check.ts';

/** Every check, in the order of a packet's path: the first that fails is the root cause. */
export const allChecks: readonly Check[] = [headPodExists];
