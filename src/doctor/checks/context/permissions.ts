import { type Cure, command, cure, part } from '../../../errors/cure.ts';
import { listed } from '../../../snapshot/text.ts';
import { defineCheck } from '../../define-check.ts';
import { allClusters, fieldOf } from '../../finding.ts';
import { type MissingAccess, missingAccess } from '../../subjects/missing-access.ts';

export const permissions = defineCheck({
  id: 'permissions',
  group: 'context',
  onPath: true,
  title: 'you have the permissions that the commands need',
  severity: 'warning',
  needs: ['accessReviews'],
  after: ['api-server-answers'],
  docs: () => ({
    means:
      'The API server says (SelfSubjectAccessReview) that you lack a permission that the commands need. It is a warning for lists of the namespace: without Pods or Services nothing can be checked, and without the others the diagnosis has gaps. It is an error for write permissions if you use `--mode`, because that mode would not work for you. It is info for everything else.',
    matters:
      "SkyPilot needs the same permissions if it uses your credentials. Its documented minimal roles do not include `ingresses` and `endpointslices`. In ingress mode, SkyPilot's launch then fails with 403 and leaves the per-port Services behind.",
    fix: 'Send the output of the command to an administrator, who can apply it. It contains Roles (or ClusterRoles) with only the missing permissions, and bindings to you.',
    commands: [
      cure(command`kubectl skyports doctor --print-role`, 'prints the Roles and bindings that are missing'),
      cure(command`kubectl auth whoami`, 'shows your user name'),
    ],
    sources: [
      'Kubernetes: authorization.k8s.io/v1 SelfSubjectAccessReview',
      'SkyPilot documentation: cloud-setup/cloud-permissions/kubernetes (its minimal roles lack ingresses), checked live with 0.14.1',
    ],
  }),
  find: ({ seen, namespace, subject }) =>
    missingAccess(seen.accessReviews, namespace, subject.mode).map((missing) => {
      const object = {
        kind: missing.namespace === null ? 'ClusterRole' : 'Role',
        namespace: missing.namespace ?? '',
        name: roleName(missing),
      };
      return {
        about: allClusters,
        objects: [object],
        evidence: missing.resources.map((resource) =>
          fieldOf(object, `SelfSubjectAccessReview ${missing.verbs.join(',')} ${resource}: status.allowed`, false),
        ),
        missing,
        scope: namespace,
      };
    }),
  severityOf: ({ missing }) => missing.severity,
  say: ({ missing: { verbs, resources, namespace, without } }) =>
    `you may not ${listed(verbs)} ${listed(resources)} ${namespace === null ? 'in the whole cluster' : `in namespace ${namespace}`}; ${without}`,
  cures: ({ scope }) => [printCure(scope)],
});

function roleName({ verbs }: MissingAccess): string {
  return `skyports-${verbs.join('-')}`;
}

/**
 * The command that prints Roles with the missing permissions, for an administrator to apply. All other flags of the
 * user are left out.
 */
function printCure(scope: string | null): Cure {
  return cure(
    command`kubectl skyports doctor --print-role ${scope !== null && part`-n ${scope}`}`,
    'prints the missing Roles and bindings, for an administrator to apply',
  );
}
