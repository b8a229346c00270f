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

/** The amount of each resource that a quota counts. An absent resource counts 0. */
export type QuotaCounts = { readonly [Resource in (typeof countedResources)[number]]?: number };

/**
 * - `accepted`: the object could be written
 * - `refused`: a quota, a policy, a webhook or the API server itself refuses the object
 * - `forbidden`: the user has no permission to write the object, so admission was not reached
 * - `unsupported`: a webhook that does not support dry runs decides about the object
 * - `failed`: the API server gave no answer that decides about the object
 */
const outcomes = ['accepted', 'refused', 'forbidden', 'unsupported', 'failed'] as const;

/**
 * The API server's answer to a dry run (`dryRun=All`). A dry run is a write that is not stored; all other steps of the
 * write happen.
 */
export interface DryRun {
  /** The port mode that would write the object. */
  readonly mode: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly outcome: (typeof outcomes)[number];
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** The server's own words, unchanged; '' if the object was accepted. */
  readonly message: string;
  /** The amounts that the write would add to the amounts that quotas already count for the object. */
  readonly counts: QuotaCounts;
}

/** Whether this version of the plugin supports the outcome. */
export function isDryRunOutcome(value: unknown): boolean {
  return outcomes.some((outcome) => outcome === value);
}

/** The object or server that refuses a write. */
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

/** A regular expression for the messages of each kind of refuser in a Status. Its first group is the refuser's name. */
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

/** The refuser, according to the message of the API server. */
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
 * Whether a refusal is about the dry run and not about the object. A webhook declares in `sideEffects` that it supports
 * dry runs: `None` or `NoneOnDryRun`. If a webhook does not declare this, the API server refuses the dry run (apiserver
 * pkg/admission/plugin/webhook/errors, NewDryRunUnsupportedErr). The webhook of NeuVector denies every dry run
 * (neuvector/neuvector#649).
 */
export function refusesDryRuns(message: string): boolean {
  return /does not support dry run|denied in dry-?run/.test(message);
}

/**
 * Whether an authorizer refused the request, according to the message of a 403. The status and the reason do not decide
 * this, because admission uses the same values.
 */
export function isAboutPermission(message: string): boolean {
  return / is forbidden: User |^forbidden: User /.test(message);
}
