/**
 * The resources of Services and Ingresses that a ResourceQuota counts (Kubernetes pkg/quota/v1/evaluator/core/services.go, and
 * generic.ObjectCountQuotaResourceNameFor for Ingresses).
 */
export const countedResources = [
  'services',
  'services.loadbalancers',
  'services.nodeports',
  'count/services',
  'count/ingresses.networking.k8s.io',
] as const;

/** How much of each resource a quota counts. An absent resource counts as 0. */
export type QuotaCounts = { readonly [Resource in (typeof countedResources)[number]]?: number };

/**
 * The outcome of a dry run.
 *
 * - `accepted`: the object could be written
 * - `refused`: a quota, a policy, a webhook or the API server itself refuses the object
 * - `forbidden`: the user has no permission to write the object, so quotas, policies and webhooks were not asked
 * - `unsupported`: a webhook decides about the object, but does not support dry runs
 * - `failed`: no answer shows whether the object could be written
 */
const outcomes = ['accepted', 'refused', 'forbidden', 'unsupported', 'failed'] as const;

/** The API server's answer to a dry run (`dryRun=All`). A dry run is a write in which the object is not stored. */
export interface DryRun {
  /** The port mode that would write the object. */
  readonly mode: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly outcome: (typeof outcomes)[number];
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** The message of the API server, unchanged; '' if the object was accepted. */
  readonly message: string;
  /** How much the write adds to the counts of quotas. What the existing object already counts is not included. */
  readonly counts: QuotaCounts;
}

/** Whether this version of the plugin knows the outcome. */
export function isDryRunOutcome(value: unknown): boolean {
  return outcomes.some((outcome) => outcome === value);
}

/** What refuses a write: an object such as a quota or a webhook, or the API server itself. */
export interface Refuser {
  readonly kind:
    | 'ResourceQuota'
    | 'ClusterResourceQuota'
    | 'ValidatingAdmissionPolicy'
    | 'MutatingAdmissionPolicy'
    | 'webhook'
    | 'broken webhook'
    | 'API server';
  /** The name of the object or of the webhook; '' for the API server itself. */
  readonly name: string;
}

/**
 * For each kind of refuser, a regular expression for the message in a Status. Its first group is the name of the
 * refuser.
 */
const refusers: readonly (readonly [Refuser['kind'], RegExp])[] = [
  // apiserver pkg/admission/plugin/resourcequota/controller.go
  ['ResourceQuota', /(?:exceeded quota|status unknown for quota|failed quota): ([^,:\s]+)[,:] /],
  // apiserver pkg/admission/plugin/policy/validating/dispatcher.go
  ['ValidatingAdmissionPolicy', /ValidatingAdmissionPolicy '([^']+)'/],
  ['MutatingAdmissionPolicy', /MutatingAdmissionPolicy '([^']+)'/],
  // apiserver pkg/admission/plugin/webhook/errors/statuserror.go
  ['webhook', /admission webhook "([^"]+)"/],
  ['broken webhook', /failed calling webhook "([^"]+)"/],
];

/** What refused a write, from the message of the API server. */
export function refuserIn(message: string): Refuser {
  for (const [kind, words] of refusers) {
    const name = words.exec(message)?.[1];
    if (name !== undefined) return { kind, name };
  }
  return { kind: 'API server', name: '' };
}

/**
 * The refuser's name in messages: `ResourceQuota team-a`, `admission webhook validate.example.com`, `the API server`.
 */
export function refuserName({ kind, name }: Refuser): string {
  if (kind === 'API server') return 'the API server';
  return kind === 'webhook' || kind === 'broken webhook' ? `admission webhook ${name}` : `${kind} ${name}`;
}

/**
 * Whether a dry run was refused only because it is a dry run. A webhook that supports dry runs has `sideEffects: None`
 * or `NoneOnDryRun`. For any other webhook, the API server refuses the dry run (apiserver
 * pkg/admission/plugin/webhook/errors, NewDryRunUnsupportedErr). The webhook of NeuVector refuses every dry run
 * (neuvector/neuvector#649).
 */
export function refusesDryRuns(message: string): boolean {
  return /does not support dry run|denied in dry-?run/.test(message);
}

/**
 * Whether the user lacks a permission, from the message of a 403. The status and the reason do not show this, because
 * admission uses the same ones.
 */
export function isAboutPermission(message: string): boolean {
  return / is forbidden: User |^forbidden: User /.test(message);
}
