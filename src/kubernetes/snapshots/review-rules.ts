import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import { faultIn, type Shape } from '../../snapshot/shape.ts';
import type { Observation } from '../../snapshot/topics.ts';
import type { Connection } from '../api/connect.ts';
import { observing } from './collect.ts';
import { reviewAccess, type WantedAccess } from './server-info.ts';

/** What a user may do in a namespace (authorization.k8s.io/v1, SelfSubjectRulesReview). */
interface RulesReview {
  readonly status?: {
    readonly resourceRules?: readonly Rule[];
    readonly incomplete?: boolean;
    readonly evaluationError?: string;
  };
}

interface Rule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

const texts: Shape = ['text'];
const shape: Shape = {
  status: {
    resourceRules: [{ verbs: texts, apiGroups: texts, resources: texts, resourceNames: texts }],
    incomplete: 'boolean',
    evaluationError: 'text',
  },
};

/**
 * Whether the user has each permission, as `reviewAccess`. All permissions are about one namespace, so one request for
 * the user's rules is enough. Some clusters cannot list all rules of a user: their authorizer is a webhook, as in most
 * clouds. Only then, a permission that no rule gives is reviewed by a request of its own.
 */
export async function reviewRules(
  connection: Connection,
  namespace: string,
  wanted: readonly WantedAccess[],
): Promise<Observation<SelfSubjectAccessReview>> {
  const rules = await observing(async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
    const items = [await connection.api.create<RulesReview>(path, review)];
    return { items, resourceVersion: '', cutOff: false };
  });
  const [review] = rules.observed ? rules.items : [];
  if (!review?.status || faultIn(review, shape) !== undefined) return reviewAccess(connection, wanted);
  const { resourceRules = [], incomplete, evaluationError } = review.status;
  const isGiven = (access: WantedAccess) => resourceRules.some((rule) => gives(rule, access));
  const denied = wanted.filter((access) => !isGiven(access));
  const isWhole = !incomplete && !evaluationError;
  const others = isWhole || denied.length === 0 ? undefined : await reviewAccess(connection, denied);
  if (others && !others.observed) return others;
  const given = wanted.filter(isGiven).map((access) => answered(access, true));
  const items = [...given, ...(others?.items ?? denied.map((access) => answered(access, false)))];
  return { observed: true, items, resourceVersion: '', cutOff: false };
}

/** Whether a rule gives a permission for all names (k8s.io/component-helpers, auth/rbac/validation). */
function gives(
  { verbs = [], apiGroups = [], resources = [], resourceNames = [] }: Rule,
  { verb, group, resource, subresource }: WantedAccess,
): boolean {
  const named = subresource === undefined ? [resource] : [`${resource}/${subresource}`, `*/${subresource}`];
  const has = (list: readonly string[], ...values: readonly string[]) =>
    list.includes('*') || values.some((value) => list.includes(value));
  return has(verbs, verb) && has(apiGroups, group) && has(resources, ...named) && resourceNames.length === 0;
}

function answered(resourceAttributes: WantedAccess, allowed: boolean): SelfSubjectAccessReview {
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
    status: { allowed, reason: `${allowed ? 'a' : 'no'} rule of the user gives it` },
  };
}
