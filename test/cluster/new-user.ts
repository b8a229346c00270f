import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { admin } from './admin-request.ts';
import { create } from './create-object.ts';
import { cluster } from './current-cluster.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { until } from './until.ts';

/** A rule of a Role or ClusterRole (rbac.authorization.k8s.io/v1). */
export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** What a new user may do and how its kubeconfig looks. */
export interface UserOptions {
  /** Allowed in all namespaces. */
  readonly clusterRules?: readonly PolicyRule[];
  /** Allowed in the user's own namespace. */
  readonly rules?: readonly PolicyRule[];
  /** The name of the kubeconfig's context; default `test`. */
  readonly context?: string;
}

export interface User {
  /** `system:serviceaccount:NAMESPACE:NAME`, as the audit log has it. */
  readonly name: string;
  readonly token: string;
  /** A kubeconfig file whose current namespace is the user's. */
  readonly kubeconfig: string;
}

const rbac = 'rbac.authorization.k8s.io';

/** Makes a user, a service account of `namespace`, that may do what is asked and nothing else; resolves when it may. */
export async function newUser(namespace: string, options: UserOptions = {}): Promise<User> {
  const { clusterRules = [], rules = [], context = 'test' } = options;
  const account = `user-${randomBytes(4).toString('hex')}`;
  const name = `system:serviceaccount:${namespace}:${account}`;
  await create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace } });
  const [token] = await Promise.all([
    tokenOf(namespace, account),
    clusterRules.length > 0 && grant({ name: `${namespace}-${account}` }, clusterRules, namespace, account),
    rules.length > 0 && grant({ name: account, namespace }, rules, namespace, account),
  ]);
  const first = [
    ...clusterRules.slice(0, 1).map((rule) => ({ rule })),
    ...rules.slice(0, 1).map((rule) => ({ rule, namespace })),
  ];
  await Promise.all(first.map(({ rule, ...where }) => untilAllowed(name, rule, where)));

  const { server, certificateAuthority, temporaryFolder } = cluster();
  const kubeconfig = join(temporaryFolder, `${namespace}-${account}.kubeconfig`);
  writeKubeconfig(kubeconfig, { server, certificateAuthority, token, context, namespace });
  return { name, token, kubeconfig };
}

async function tokenOf(namespace: string, account: string): Promise<string> {
  const answer = await admin('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 24 * 3600 },
  });
  return answer.status.token;
}

/** A Role and its binding when `metadata` has a namespace, else a ClusterRole and its binding. */
async function grant(
  metadata: { name: string; namespace?: string },
  rules: readonly PolicyRule[],
  namespace: string,
  account: string,
): Promise<void> {
  const kind = metadata.namespace === undefined ? 'ClusterRole' : 'Role';
  const apiVersion = `${rbac}/v1`;
  const roleRef = { apiGroup: rbac, kind, name: metadata.name };
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace }];
  await create({ apiVersion, kind, metadata, rules });
  await create({ apiVersion, kind: `${kind}Binding`, metadata, roleRef, subjects });
}

/**
 * Waits until the authorizer has seen the role and its binding: it learns of both by a watch.
 * The admin asks on the user's behalf, so that the user's own requests can be counted.
 */
async function untilAllowed(user: string, rule: PolicyRule, where: { namespace?: string }): Promise<void> {
  const spec = { user, ...attributes(rule, where) };
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
  await until(`${user} may do what it was allowed`, async () => {
    const answer = await admin('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review);
    return answer.status.allowed === true;
  });
}

function attributes(rule: PolicyRule, where: { namespace?: string }): object {
  const verb = rule.verbs[0];
  if (rule.nonResourceURLs) return { nonResourceAttributes: { verb, path: rule.nonResourceURLs[0] } };
  const [resource, subresource] = (rule.resources?.[0] ?? '').split('/');
  const name = rule.resourceNames?.[0];
  return { resourceAttributes: { verb, group: rule.apiGroups?.[0] ?? '', resource, subresource, name, ...where } };
}
