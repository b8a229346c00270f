import { advice, type Command, type Cure, command, cure, lastOperand } from '../errors/cure.ts';
import type { Refuser } from '../snapshot/dry-run.ts';
import type { ObjectReference } from '../snapshot/object-reference.ts';

const exception =
  'an administrator can make an exception; --annotation, --label and --mode of expose change what is written';

/**
 * Commands that show what refused a write: the quota, the policy or the webhook.
 *
 * @param configuration the configuration of the webhook, if it is known
 * @param message the message of the API server
 */
export function curesOfRefusal(
  { kind, name }: Refuser,
  namespace: string,
  configuration?: ObjectReference,
  message = '',
): Cure[] {
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
      if (isOutOfReach(message))
        return [
          ...way(name),
          ...(configuration
            ? [cure(showing(configuration), 'shows the webhook, and the Service that it leads to')]
            : []),
        ];
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

/** Whether the API server has found the Service of a webhook, but gets no answer from it. */
function isOutOfReach(message: string): boolean {
  return /context deadline exceeded|Client\.Timeout|i\/o timeout|no route to host/.test(message);
}

/** The Pod ports that the API server calls for a webhook. They differ from the Service port, which is usually 443. */
const webhookPorts: readonly (readonly [RegExp, number])[] = [
  [/\.elbv2\.k8s\.aws$/, 9443],
  [/nginx\.ingress\.kubernetes\.io$/, 8443],
];

/**
 * The cure if the nodes block the control plane (kubernetes-sigs/aws-load-balancer-controller#2462,
 * kubernetes/ingress-nginx#5401).
 */
function way(webhook: string): Cure[] {
  const port = webhookPorts.find(([names]) => names.test(webhook))?.[1];
  const where = port === undefined ? 'the port of its Pods' : `port ${port} of its Pods`;
  return [
    advice(
      `the control plane has to reach ${where}: open it to the control plane in the security group or firewall of the nodes, and in NetworkPolicies`,
    ),
  ];
}

function showing({ kind, name }: ObjectReference): Command | null {
  return command`kubectl get -o yaml ${kind.toLowerCase()} ${lastOperand(name)}`;
}

/**
 * The command that shows the rules of a policy engine: ClusterPolicy and Policy of Kyverno (kyverno.io), or the
 * category `constraints` of Gatekeeper. Undefined for other webhooks.
 */
function rulesOf(webhook: string): Command | null | undefined {
  if (/\.kyverno\.svc/.test(webhook)) return command`kubectl get clusterpolicies.kyverno.io,policies.kyverno.io -A`;
  return /\.gatekeeper\.sh$/.test(webhook) ? command`kubectl get constraints` : undefined;
}
