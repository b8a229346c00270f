import type { ValidatingWebhook } from 'kubernetes-types/admissionregistration/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { command, cure } from '../../../errors/cure.ts';
import { keyOf, referenceTo } from '../../../snapshot/object-reference.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import type { CheckContext } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { aboutIngressMode, isPreflight, notInIngressMode } from '../../subjects/ingress-mode.ts';
import { readyEndpointsOf } from '../../subjects/node-proposal.ts';

export const ingressNginxAdmission = defineCheck({
  id: 'ingress-nginx-admission',
  group: 'controller',
  onPath: true,
  title: "ingress-nginx's admission webhook answers",
  severity: 'error',
  needs: ['services'],
  wants: [
    'pods',
    'ingresses',
    'controllerServices',
    'ingressNginxServices',
    'controllerSlices',
    'endpointSlices',
    'webhooks',
  ],
  // If the webhook does not answer, dry runs fail, and the check writes-accepted reports this.
  after: ['api-server-answers', 'writes-accepted', 'ingress-controller-running'],
  docs: () => ({
    means:
      'The ValidatingWebhookConfiguration of ingress-nginx has failurePolicy Fail, and its webhook does not work: its Service does not exist or has no ready endpoint, or the CA bundle is missing.',
    matters:
      'The API server then refuses every new or changed Ingress, for every user and every controller. A launch with ports aborts, and so does `kubectl skyports expose`. Existing Ingresses keep working, so it is an error only with `--mode ingress`, and a warning otherwise. With failurePolicy Ignore it is info. The webhook often remains after a controller was removed by hand.',
    fix: 'Fix the controller. If you no longer use it, delete its ValidatingWebhookConfiguration.',
    sources: [
      'ingress-nginx deploy/static: ValidatingWebhookConfiguration ingress-nginx-admission, failurePolicy Fail',
      'admissionregistration.k8s.io/v1 ValidatingWebhook, clientConfig and failurePolicy',
    ],
  }),
  notApplicable(scene) {
    const other = notInIngressMode(scene);
    if (other !== undefined || scene.view.snapshot.topics.webhooks.observed || isPreflight(scene)) return other;
    return 'validatingwebhookconfigurations were not seen, and the Ingresses exist already';
  },
  needsHere: () => ['webhooks'],
  find: (scene) =>
    itemsOf(scene.view.snapshot.topics.webhooks).flatMap((configuration) =>
      (configuration.webhooks ?? []).filter(judgesIngresses).flatMap((webhook): RankedFinding[] => {
        const { service: target, caBundle } = webhook.clientConfig;
        const broken = target && whyBroken(scene, target, caBundle);
        if (!target || !broken) return [];
        const reference = referenceTo('ValidatingWebhookConfiguration', configuration);
        const policy = webhook.failurePolicy ?? 'Fail';
        const result =
          policy === 'Fail'
            ? 'so every new or changed Ingress is refused (failurePolicy Fail)'
            : 'so Ingresses are accepted without a check (failurePolicy Ignore)';
        return [
          {
            about: aboutIngressMode(scene),
            objects: [reference, { kind: 'Service', namespace: target.namespace, name: target.name }],
            evidence: [
              fieldOf(reference, 'webhooks[].clientConfig.service', { namespace: target.namespace, name: target.name }),
              fieldOf(reference, 'webhooks[].failurePolicy', policy),
            ],
            severity: policy !== 'Fail' ? 'info' : isPreflight(scene) ? 'error' : 'warning',
            fact: `${broken.fact}, ${result}`,
            cures: [
              broken.isGone
                ? cure(
                    command`kubectl delete validatingwebhookconfiguration ${reference.name} --interactive`,
                    'deletes it after asking, if that controller is gone for good',
                  )
                : cure(
                    command`kubectl get pods -n ${target.namespace} -l app.kubernetes.io/name=ingress-nginx`,
                    broken.hint,
                  ),
            ],
          },
        ];
      }),
    ),
  ...rankedFindings,
});

function judgesIngresses({ name, rules = [], clientConfig }: ValidatingWebhook): boolean {
  const isNginx = name.endsWith('nginx.ingress.kubernetes.io') && clientConfig.service !== undefined;
  return isNginx && rules.some((rule) => resourcesOf(rule).some((each) => each === 'ingresses' || each === '*'));
}

// The type of a rule in kubernetes-types lacks the fields of the embedded type Rule (admissionregistration.k8s.io/v1).
function resourcesOf(rule: object): readonly string[] {
  return (rule as { resources?: readonly string[] }).resources ?? [];
}

interface Target {
  readonly namespace: string;
  readonly name: string;
}

/** Why the webhook does not work. Undefined if no fault was found, or if the Service of the webhook was not seen. */
function whyBroken(scene: Pick<CheckContext, 'view'>, target: Target, caBundle: string | undefined) {
  const key = `${target.namespace}/${target.name}`;
  const service = serviceAt(scene, target);
  if (service === 'unseen') return undefined;
  if (!service) {
    const fact = `the admission webhook of ingress-nginx leads to Service ${key}, which does not exist`;
    return { fact, isGone: true, hint: '' };
  }
  const ready = readyEndpointsOf(scene, service);
  if (ready?.length === 0) {
    const fact = `Service ${key} of the admission webhook of ingress-nginx has no ready endpoint`;
    return { fact, isGone: false, hint: 'shows its Pods; at least one has to be Ready' };
  }
  if (caBundle) return undefined;
  const fact =
    'the admission webhook of ingress-nginx has no caBundle, so the API server does not trust its certificate';
  return {
    fact,
    isGone: false,
    hint: 'shows the Pods; the Job ingress-nginx-admission-patch writes the caBundle: run it again',
  };
}

/**
 * The Service; undefined if it does not exist. `unseen` if the snapshot has no full list of the Services in its
 * namespace.
 */
function serviceAt({ view }: Pick<CheckContext, 'view'>, { namespace, name }: Target): Service | 'unseen' | undefined {
  const { services, ingressNginxServices, controllerServices } = view.snapshot.topics;
  const key = `${namespace}/${name}`;
  const lists = [services, ingressNginxServices, controllerServices];
  const found = lists.flatMap(itemsOf).find((service) => keyOf(service) === key);
  if (found) return found;
  const scope = view.snapshot.namespace;
  const isListed =
    ((scope === null || scope === namespace) && services.observed) ||
    (namespace === 'ingress-nginx' && ingressNginxServices.observed);
  return isListed ? undefined : 'unseen';
}
