import type { Event } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { advice } from '../../../errors/cure.ts';
import { compareVersions, controllerBuildOf } from '../../../platforms/ingress-nginx-releases.ts';
import { type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import type { Observation } from '../../../snapshot/topics.ts';
import type { CheckContext } from '../../check-context.ts';
import { defineCheck, type Severity } from '../../define-check.ts';
import { type Evidence, fieldOf } from '../../finding.ts';
import { controllerImageOf, ingressNginxPods } from '../../subjects/ingress-controller-pods.ts';
import { judgedIngresses, notInIngressMode } from '../../subjects/ingress-mode.ts';
import { lastWarningOf, warningWords } from '../../subjects/warning-event.ts';

interface Refused {
  readonly about: readonly string[];
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
  readonly severity: Severity;
  readonly fact: string;
  readonly advice: string;
}

const rejection = 'AnnotationParsingFailed';
/**
 * The paths that ingress-nginx accepts by default since 1.12, for the types Exact and Prefix
 * (`strict-validate-path-type`).
 */
const plainPath = /^\/[a-z0-9._/-]*$/i;

export const ingressAccepted = defineCheck({
  id: 'ingress-accepted',
  group: 'ingress',
  onPath: true,
  breaksCalls: true,
  title: 'the ingress controller accepts every Ingress',
  severity: 'error',
  needs: ['services'],
  wants: ['pods', 'ingresses', 'events', 'controllerPods'],
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned'],
  docs: () => ({
    means:
      'ingress-nginx has rejected an annotation of the Ingress (warning event AnnotationParsingFailed). Or the Ingress has something that ingress-nginx refuses by default since 1.12: an annotation of risk level Critical (`*-snippet`), or a path of type Exact or Prefix with characters other than letters, digits and `.-_/`.',
    matters:
      'A rejected Ingress looks healthy and keeps its ADDRESS, but its paths answer 503 or do not exist. The annotations that SkyPilot writes are accepted by default. Annotations from `kubernetes.custom_metadata` are added to its Ingress too. An administrator can lower the accepted level below that of `rewrite-target` (Medium). The check does not read this setting, so only the event shows it. Events are kept for an hour, so a missing event proves nothing.',
    fix: 'Remove the annotation, or let the administrator raise `annotations-risk-level` in the ConfigMap of the controller. Paths with regular expressions need the type ImplementationSpecific.',
    sources: [
      'https://github.com/kubernetes/ingress-nginx/pull/11740 (the event)',
      'ingress-nginx docs/user-guide/nginx-configuration/annotations-risk.md and configmap.md (strict-validate-path-type)',
    ],
  }),
  notApplicable: notInIngressMode,
  needsHere: () => ['ingresses'],
  find: (scene) =>
    judgedIngresses(scene).flatMap(({ ingress, about }): Refused[] => {
      const reference = referenceTo('Ingress', ingress);
      const base = { about, objects: [reference] };
      const event = lastWarningOf(rejectionsIn(scene.view.snapshot.topics.events), 'Ingress', ingress);
      const lastSeen = event?.event.lastSeen ?? null;
      if (event && !isChangedSince(ingress, lastSeen)) {
        const fact = `ingress-nginx rejects Ingress ${reference.namespace}/${reference.name}: ${warningWords(event, scene.takenAt)}`;
        const advice = 'remove the annotation it names; or let the administrator raise annotations-risk-level';
        return [{ ...base, evidence: [event], severity: 'error', fact, advice }];
      }
      const severity = refusesByDefault(scene);
      if (severity === undefined) return [];
      return suspicionsOf(ingress, reference).map((suspicion) => ({ ...base, ...suspicion, severity }));
    }),
  say: ({ fact }) => fact,
  cures: (found) => [advice(found.advice)],
  severityOf: ({ severity }) => severity,
});

function rejectionsIn(events: Observation<Event>): Observation<Event> {
  return events.observed ? { ...events, items: events.items.filter(({ reason }) => reason === rejection) } : events;
}

function suspicionsOf(ingress: Ingress, reference: ObjectReference) {
  const name = `Ingress ${reference.namespace}/${reference.name}`;
  const snippets = Object.entries(ingress.metadata?.annotations ?? {}).filter(([key]) =>
    /^nginx\.ingress\.kubernetes\.io\/.*-snippet$/.test(key),
  );
  const paths = (ingress.spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  const irregular = paths.filter(
    ({ pathType, path = '/' }) => /^(Exact|Prefix)$/.test(pathType) && !plainPath.test(path),
  );
  return [
    ...snippets.map(([key, value]) => ({
      evidence: [fieldOf(reference, `metadata.annotations["${key}"]`, value)],
      fact: `${name} has the annotation ${key}, of risk level Critical, which ingress-nginx refuses by default since 1.12`,
      advice: 'remove it, unless the administrator has set annotations-risk-level to Critical',
    })),
    ...irregular.map(({ path, pathType }) => ({
      evidence: [fieldOf(reference, 'spec.rules[].http.paths[]', { path, pathType })],
      fact: `path ${path} of ${name} is of type ${pathType}, and ingress-nginx refuses regular expressions there by default since 1.12`,
      advice: 'give the path the type ImplementationSpecific',
    })),
  ];
}

/**
 * The severity of a path that ingress-nginx refuses by default since 1.12. Undefined if the version is older; info if
 * the version is unknown.
 */
function refusesByDefault(scene: Pick<CheckContext, 'view'>): Severity | undefined {
  const images = ingressNginxPods(scene).map(controllerImageOf);
  const builds = images.map((image) => controllerBuildOf(image ?? ''));
  const versions = builds.flatMap((build) => (build.by === 'upstream' && build.version ? [build.version] : []));
  if (versions.length === 0) return 'info';
  return versions.some((version) => compareVersions(version, '1.12.0') >= 0) ? 'warning' : undefined;
}

/**
 * Whether the Ingress changed after the event. The change may have fixed the fault. The controller would not report
 * this, because it sends no event when it accepts an Ingress.
 */
function isChangedSince({ metadata }: Ingress, time: string | null): boolean {
  const changes = (metadata?.managedFields ?? []).filter(({ subresource }) => subresource !== 'status');
  return time !== null && changes.some((change) => Date.parse(change.time ?? '') > Date.parse(time));
}
