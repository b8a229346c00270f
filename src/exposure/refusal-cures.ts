import { advice, type Cure, command, cure } from '../errors/cure.ts';
import type { Refuser } from '../snapshot/dry-run.ts';

/** How to see the rule that refuses a write, and who can change it. */
export function curesOfRefusal({ kind, name }: Refuser, namespace: string): Cure[] {
  switch (kind) {
    case 'ResourceQuota':
      return [
        cure(
          command`kubectl describe resourcequota ${name} -n ${namespace}`,
          'shows its limits and what is used: delete what is not needed, or ask an administrator to raise it',
        ),
      ];
    case 'ValidatingAdmissionPolicy':
    case 'MutatingAdmissionPolicy':
      return [
        cure(
          command`kubectl get ${kind.toLowerCase()} ${name} -o yaml`,
          'shows the rule: an administrator can make an exception; --annotation, --label and --mode of expose change what is written',
        ),
      ];
    case 'webhook':
      return [
        advice(
          'the rule is of the policy engine behind this webhook: an administrator can make an exception; --annotation, --label and --mode of expose change what is written',
        ),
      ];
    case 'broken webhook':
      return [
        cure(
          command`kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o wide`,
          'shows the webhooks: the program behind this one has to run, or an administrator deletes its configuration if it is gone for good',
        ),
      ];
    case 'API server':
      return [advice('the message says what to change')];
  }
}
