import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';

/** Cures for a kubeconfig that no longer matches its cluster. */
export const kubeconfigAgain: readonly Cure[] = [
  advice("get this cluster's kubeconfig again from where you have it"),
  cure(command`kubectl config get-contexts`, 'lists the other contexts'),
];

/**
 * No server is known: there is no kubeconfig, no `--server`, and this process does not run in a Pod. The caller may
 * suggest other ways to reach the cluster.
 */
export class NoKubeconfigError extends UsageError {}
