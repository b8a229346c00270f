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

/** How much of each resource a quota counts. An absent one counts 0. */
export type QuotaCounts = { readonly [Resource in (typeof countedResources)[number]]?: number };

/**
 * - `accepted`: the object could be written
 * - `refused`: a quota, a policy, a webhook or the API server itself refuses it
 * - `forbidden`: the user may not write it, so no one else was asked
 * - `unsupported`: a webhook decides on it that does not take part in dry runs
 * - `failed`: the API server gave no answer that decides it
 */
const outcomes = ['accepted', 'refused', 'forbidden', 'unsupported', 'failed'] as const;

/** The API server's answer to a dry run (`dryRun=All`), in which every step of a write happens except storing. */
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
  /** What quotas would count in addition to what they count for the object now. */
  readonly counts: QuotaCounts;
}

/** Whether this version knows the outcome. */
export function isDryRunOutcome(value: unknown): boolean {
  return outcomes.some((outcome) => outcome === value);
}

/** Who refuses a write. */
export interface Refuser {
  readonly kind:
    | 'ResourceQuota'
    | 'ClusterResourceQuota'
    | 'ValidatingAdmissionPolicy'
    | 'MutatingAdmissionPolicy'
    | 'webhook'
    | 'broken webhook'
    | 'API server';
  /** '' for the API server itself. */
  readonly name: string;
}

/** Matches the message of each refuser in a Status. The first group is the refuser's name. */
const refusers: readonly (readonly [Refuser['kind'], RegExp])[] = [
  // apiserver pkg/admission/plugin/resourcequota/controller.go
  ['ResourceQuota', /(?:exceeded quota|status unknown for quota): ([^,\s]+), /],
  // apiserver pkg/admission/plugin/policy/validating/dispatcher.go
  ['ValidatingAdmissionPolicy', /ValidatingAdmissionPolicy '([^']+)'/],
  ['MutatingAdmissionPolicy', /MutatingAdmissionPolicy '([^']+)'/],
  // apiserver pkg/admission/plugin/webhook/errors/statuserror.go
  ['webhook', /admission webhook "([^"]+)"/],
  ['broken webhook', /failed calling webhook "([^"]+)"/],
];

/** Who refused, according to the message of the API server. */
export function refuserIn(message: string): Refuser {
  for (const [kind, words] of refusers) {
    const name = words.exec(message)?.[1];
    if (name !== undefined) return { kind, name };
  }
  return { kind: 'API server', name: '' };
}

/** `ResourceQuota team-a`, `admission webhook validate.example.com`, `the API server`. */
export function refuserName({ kind, name }: Refuser): string {
  if (kind === 'API server') return 'the API server';
  return kind === 'webhook' || kind === 'broken webhook' ? `admission webhook ${name}` : `${kind} ${name}`;
}

/**
 * Whether a refusal is about the dry run and not about the object: a webhook without `sideEffects: None` is not called
 * (apiserver pkg/admission/plugin/webhook/errors, NewDryRunUnsupportedErr), and NeuVector's denies every dry run
 * (neuvector/neuvector#649).
 */
export function refusesDryRuns(message: string): boolean {
  return /does not support dry run|denied in dry-?run/.test(message);
}

/**
 * Whether an authorizer refused, according to the message of a 403. The status and the reason do not show it, because
 * admission uses the same ones.
 */
export function isAboutPermission(message: string): boolean {
  return / is forbidden: User |^forbidden: User /.test(message);
}
