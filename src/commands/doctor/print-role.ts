import { createHash } from 'node:crypto';
import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import { type MissingAccess, missingAccess } from '../../doctor/subjects/missing-access.ts';
import { refusedReads } from '../../doctor/subjects/needed-access.ts';
import { type OptionalAccess, optionalAccess, reviewsOf } from '../../doctor/subjects/optional-access.ts';
import { Failure } from '../../errors/failure.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { controllerService } from '../../skypilot/names.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { System } from '../../system.ts';
import { exitCodes } from '../command.ts';
import { say } from '../messages.ts';
import type { DoctorArguments } from './options.ts';
import type { DiagnosisSource } from './source.ts';

const rbac = { group: 'rbac.authorization.k8s.io', version: 'rbac.authorization.k8s.io/v1' } as const;

/**
 * Prints the Roles and bindings for the caller's missing permissions, so that an administrator can apply them.
 *
 * @throws Failure if the API server does not report which permissions are missing
 */
export async function printRole(look: DiagnosisSource, args: DoctorArguments, system: System): Promise<number> {
  const { snapshot, connection } = look;
  const { accessReviews } = snapshot.topics;
  if (!accessReviews.observed || !connection) {
    const why = accessReviews.observed ? '' : `: ${accessReviews.message}`;
    throw new Failure('permissions-unseen', `the API server does not say which permissions are missing${why}`, []);
  }
  const { namespace } = snapshot;
  const optional = await deniedOptions(connection, namespace);
  // With --probe=pod, the optional permissions for this probe are required.
  const isWanted = ({ access }: DeniedOption) => args.probe === 'pod' && access === optionalAccess[0];
  const wanted = optional.filter(isWanted).flatMap(({ reviews }) => reviews);
  const denied = onceGranted([...accessReviews.items, ...refusedReads(snapshot), ...wanted]);
  const missing = missingAccess(denied, namespace, args.mode);
  const left = optional.filter((each) => !isWanted(each));
  if (missing.length === 0) say(system, 'no permission is missing');
  if (missing.length + left.length === 0) return exitCodes.fine;
  const user = await userNameOf(connection);
  system.stdout.document(await rolesText(user, missing, left, namespace));
  return exitCodes.fine;
}

/** Denied permissions that only an optional feature needs. */
export interface DeniedOption {
  readonly access: OptionalAccess;
  readonly reviews: readonly SelfSubjectAccessReview[];
}

async function deniedOptions(connection: Connection, namespace: string | null): Promise<DeniedOption[]> {
  const { reviewAccess } = await import('../../kubernetes/snapshots/server-info.ts');
  const all = await Promise.all(
    optionalAccess.map(async (access) => {
      const reviews = itemsOf(await reviewAccess(connection, reviewsOf(access, namespace)));
      return { access, reviews: reviews.filter(({ status }) => !status?.allowed) };
    }),
  );
  return all.filter(({ reviews }) => reviews.length > 0);
}

/**
 * The missing permissions as YAML. A comment above each Role names its purpose. Optional permissions are commented out,
 * so an administrator who applies the text grants only the required ones.
 */
export async function rolesText(
  user: string,
  missing: readonly MissingAccess[],
  optional: readonly DeniedOption[],
  namespace: string | null,
): Promise<string> {
  const { renderYaml } = await import('../../output/yaml.ts');
  const textOf = async (objects: readonly object[]) => (await Promise.all(objects.map(renderYaml))).join('---\n');
  const needed = await Promise.all(
    missing.map(async (each) => `# ${each.without}\n${await textOf(rolesFor(user, [each]))}`),
  );
  const options = await Promise.all(
    optional.map(async ({ access: { what }, reviews }) => {
      const text = await textOf(rolesFor(user, missingAccess(reviews, namespace, undefined)));
      return `# optional, for ${what}:\n${text.trimEnd().replace(/^/gm, '# ')}\n`;
    }),
  );
  return [...needed, ...options].join('---\n');
}

/**
 * The denied permissions, each of them once. If a permission is denied for the whole cluster and for the namespace
 * ingress-nginx, only the first entry stays, because it includes the second. Also, kubectl could not create a Role for
 * this namespace if the namespace does not exist.
 */
function onceGranted(reviews: readonly SelfSubjectAccessReview[]): SelfSubjectAccessReview[] {
  const nameOf = ({ spec: { resourceAttributes: attributes } }: SelfSubjectAccessReview) =>
    `${attributes?.verb} ${attributes?.resource}.${attributes?.group}`;
  const denied = reviews.filter(({ status }) => !status?.allowed);
  const everywhere = new Set(denied.filter((each) => !each.spec.resourceAttributes?.namespace).map(nameOf));
  return denied.filter(
    (each) => each.spec.resourceAttributes?.namespace !== controllerService.namespace || !everywhere.has(nameOf(each)),
  );
}

/** The caller's name, as the API server knows it. With `--as`, this is the impersonated user. */
async function userNameOf({ api }: Connection): Promise<string> {
  const review = await api.create<{ status?: { userInfo?: { username?: unknown } } }>(
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
  );
  const name = review.status?.userInfo?.username;
  if (typeof name === 'string' && name !== '') return name;
  throw new Failure('user-unknown', 'the API server does not say who you are (SelfSubjectReview)', []);
}

/**
 * A Role and a binding for each group of permissions. Their names contain a hash of the contents, so different Roles
 * have different names.
 */
export function rolesFor(user: string, missing: readonly MissingAccess[]): object[] {
  return missing.flatMap(({ namespace, verbs, resources }) => {
    const digest = createHash('sha256')
      .update(JSON.stringify([user, namespace, verbs, resources]))
      .digest('hex');
    const metadata = {
      name: `skyports-${digest.slice(0, 10)}`,
      ...(namespace !== null && { namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'kubectl-skyports' },
    };
    const kind = namespace === null ? 'ClusterRole' : 'Role';
    const rules = [...Map.groupBy(resources, groupOf)].map(([group, own]) => ({
      apiGroups: [group],
      resources: own.map((each) => each.split('.')[0]),
      verbs,
    }));
    return [
      { apiVersion: rbac.version, kind, metadata, rules },
      {
        apiVersion: rbac.version,
        kind: `${kind}Binding`,
        metadata,
        roleRef: { apiGroup: rbac.group, kind, name: metadata.name },
        subjects: [subjectFor(user)],
      },
    ];
  });
}

function groupOf(resource: string): string {
  const [, ...group] = resource.split('.');
  return group.join('.');
}

function subjectFor(user: string): object {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user);
  if (account) return { kind: 'ServiceAccount', namespace: account[1], name: account[2] };
  return { apiGroup: rbac.group, kind: 'User', name: user };
}
