import { advice, type Command, type Cure, command, cure, lastOperand } from '../errors/cure.ts';
import type { Refuser } from '../snapshot/dry-run.ts';
import type { ObjectReference } from '../snapshot/object-reference.ts';

const exception =
  'an administrator can make an exception; --annotation, --label and --mode of expose change what is written';

/**
 * How to see the rule that refuses a write, and who can change it.
 *
 * @param configuration of the webhook, if it is known
 */
export function curesOfRefusal({ kind, name }: Refuser, namespace: string, configuration?: ObjectReference): Cure[] {
  switch (kind) {
    case 'ResourceQuota':
      return [
        cure(
          command`kubectl describe -n ${namespace} resourcequota ${lastOperand(name)}`,
          'shows its limits and what is used: delete what is not needed, or ask an administrator to raise it',
        ),
      ];
    case 'ClusterResourceQuota':
      return [
        cure(
          command`kubectl get -n ${namespace} -o yaml appliedclusterresourcequotas ${lastOperand(name)}`,
          'shows its limits and what is used, if this is OpenShift: an administrator can raise it',
        ),
      ];
    case 'ValidatingAdmissionPolicy':
    case 'MutatingAdmissionPolicy':
      return [
        cure(command`kubectl get -o yaml ${kind.toLowerCase()} ${lastOperand(name)}`, `shows the rule: ${exception}`),
      ];
    case 'webhook': {
      const rules = rulesOf(name);
      if (rules) return [cure(rules, `shows the policies: ${exception}`)];
      return configuration
        ? [cure(showing(configuration), `shows the webhook, and the program that decides: ${exception}`)]
        : [advice(`the rule is of the program behind this webhook: ${exception}`)];
    }
    case 'broken webhook':
      return configuration
        ? [
            cure(showing(configuration), 'shows the program that has to run'),
            cure(
              command`kubectl delete ${configuration.kind.toLowerCase()} ${configuration.name} --interactive`,
              'deletes it after asking, if that program is gone for good',
            ),
          ]
        : [
            cure(
              command`kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations`,
              'shows the configurations: the program that the webhook leads to has to run',
            ),
          ];
    case 'API server':
      return [advice('the message says what to change')];
  }
}

function showing({ kind, name }: ObjectReference): Command | null {
  return command`kubectl get -o yaml ${kind.toLowerCase()} ${lastOperand(name)}`;
}

/** Where policy engines keep their rules (kyverno.io ClusterPolicy and Policy; Gatekeeper's category `constraints`). */
function rulesOf(webhook: string): Command | null | undefined {
  if (/\.kyverno\.svc/.test(webhook)) return command`kubectl get clusterpolicies.kyverno.io,policies.kyverno.io -A`;
  return /\.gatekeeper\.sh$/.test(webhook) ? command`kubectl get constraints` : undefined;
}
