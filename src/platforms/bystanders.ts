import type { Spoken } from './event-explanations.ts';

type Written = Pick<Spoken, 'reason' | 'by'>;

/**
 * Whether a report about a Service may concern its load balancer. Some components write warnings about Services and
 * give no addresses: they find the Pods behind a Service, or check rules. Such a warning explains no missing address,
 * and does not show that a controller handles the Service. Sources: kubernetes/kubernetes, pkg/controller/endpoint,
 * pkg/controller/endpointslice, pkg/controller/endpointslicemirroring and pkg/proxy/healthcheck.
 */
export function concernsLoadBalancer(report: Written): boolean {
  return !bystanders.includes(report.by ?? '') && !isAuditOfPolicy(report);
}

const bystanders: readonly string[] = [
  'endpoint-controller',
  'endpoint-slice-controller',
  'endpoint-slice-mirroring-controller',
  'kube-proxy',
];

/**
 * Whether a policy engine reports that an existing object breaks a rule. The API server has already accepted the
 * object, so it works. Sources: kyverno/kyverno, pkg/event/reason.go (PolicyViolation); open-policy-agent/gatekeeper,
 * pkg/audit/manager.go (AuditViolation).
 */
export function isAuditOfPolicy({ reason, by }: Written): boolean {
  return (
    (reason === 'PolicyViolation' && /^kyverno/.test(by ?? '')) ||
    (reason === 'AuditViolation' && /^gatekeeper/.test(by ?? ''))
  );
}
