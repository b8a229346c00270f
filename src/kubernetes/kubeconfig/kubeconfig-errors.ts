import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';

/** What helps against a kubeconfig that no longer fits its cluster. */
export const kubeconfigAgain: readonly Cure[] = [
  advice("get this cluster's kubeconfig again from where you have it"),
  cure(command`kubectl config get-contexts`, 'lists the other contexts'),
];

/** No server is known: no kubeconfig, not in a Pod, no `--server`. A caller may add how else the user can get there. */
export class NoKubeconfigError extends UsageError {}
