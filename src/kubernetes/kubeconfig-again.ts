import { advice, type Cure, command, cure } from '../errors/cure.ts';

/** What helps against a kubeconfig that no longer fits its cluster. */
export const kubeconfigAgain: readonly Cure[] = [
  advice("get this cluster's kubeconfig again from where you have it"),
  cure(command`kubectl config get-contexts`, 'lists the other contexts'),
];
