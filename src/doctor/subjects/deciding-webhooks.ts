import type { Pod } from 'kubernetes-types/core/v1';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { fieldManager, managedByLabel } from '../../exposure/ownership.ts';
import { clusterNameLabel } from '../../skypilot/names.ts';
import { type ObjectReference, referenceTo } from '../../snapshot/object-reference.ts';
import { labelSelectorTakes } from '../../snapshot/selector.ts';
import { itemsOf, type TopicObjects } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import { isSeenDown } from './controller-down.ts';
import { standInName } from './planned-objects.ts';

const ofAwsController = /\.elbv2\.k8s\.aws$/;

/** A webhook that the API server would call before a write. */
export interface DecidingWebhook {
  readonly name: string;
  /** The resources that the webhook decides on. */
  readonly resources: readonly DecidedResource[];
  /** The ValidatingWebhookConfiguration or MutatingWebhookConfiguration that contains the webhook. */
  readonly configuration: ObjectReference;
  /**
   * Whether the webhook does not work because its controller has no Ready Pod. The API server then refuses the objects
   * that the webhook decides on. This is only detected for the AWS Load Balancer Controller.
   */
  readonly isDown: boolean;
}

/** A validating or mutating webhook, with the fields that the doctor reads. */
interface Webhook {
  readonly name: string;
  readonly rules?: readonly object[];
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

/**
 * Matches webhooks that accept the objects of this plugin and of SkyPilot. The webhook of ingress-nginx has its own
 * check. The webhooks of the AWS Load Balancer Controller set a class on Services, and judge Ingresses of that
 * controller's class (kubernetes-sigs/aws-load-balancer-controller, webhooks/core and webhooks/networking). But if no
 * Pod of this controller is Ready, the API server refuses every new Service.
 */
const harmless = [/nginx\.ingress\.kubernetes\.io$/, ofAwsController];

/** The API groups of the resources that this plugin writes. */
const groups = { services: '', ingresses: 'networking.k8s.io' } as const;
export type DecidedResource = keyof typeof groups;

type Scene = Pick<CheckContext<never, 'webhooks' | 'mutatingWebhooks' | 'loadBalancerPods'>, 'perhaps'>;

/**
 * The webhooks that the API server would call for new objects of these resources in one of the namespaces. A harmless
 * webhook is left out, unless its controller is down.
 */
export function decidingWebhooks(
  scene: Scene,
  resources: readonly DecidedResource[],
  namespaces: readonly string[],
): DecidingWebhook[] {
  const isAwsDown = isControllerDown(scene);
  return allWebhooks(scene).flatMap(({ webhook, configuration }) => {
    const { name, rules = [], namespaceSelector, objectSelector } = webhook;
    const isDown = isAwsDown && ofAwsController.test(name);
    if ((harmless.some((pattern) => pattern.test(name)) && !isDown) || !takesLabels(objectSelector)) return [];
    if (namespaces.length > 0 && !namespaces.some((each) => takesNamespace(namespaceSelector, each))) return [];
    const decided = resources.filter((resource) => rules.some((rule) => isAbout(rule, resource)));
    return decided.length > 0 ? [{ name, resources: decided, configuration, isDown }] : [];
  });
}

/**
 * Whether the AWS Load Balancer Controller is down: Pods were listed, and none of them is a Ready Pod of this
 * controller.
 */
function isControllerDown({ perhaps: { loadBalancerPods } }: Scene): boolean {
  if (!loadBalancerPods.observed) return false;
  const isOwn = ({ metadata }: Pod) => metadata?.labels?.['app.kubernetes.io/name'] === 'aws-load-balancer-controller';
  return loadBalancerPods.items.filter(isOwn).every(isSeenDown);
}

/** The configuration of a webhook; undefined if it was not seen. */
export function configurationOf(scene: Scene, webhookName: string): ObjectReference | undefined {
  return allWebhooks(scene).find(({ webhook }) => webhook.name === webhookName)?.configuration;
}

function allWebhooks({ perhaps: { webhooks, mutatingWebhooks } }: Scene) {
  return [
    ...itemsOf(webhooks).flatMap((each) => webhooksOf('ValidatingWebhookConfiguration', each)),
    ...itemsOf(mutatingWebhooks).flatMap((each) => webhooksOf('MutatingWebhookConfiguration', each)),
  ];
}

function webhooksOf(kind: string, configuration: TopicObjects['webhooks' | 'mutatingWebhooks']) {
  const reference = referenceTo(kind, configuration);
  return (configuration.webhooks ?? []).map((webhook) => ({ webhook: webhook as Webhook, configuration: reference }));
}

/**
 * Whether a selector may select a namespace. The name of a namespace is also one of its labels. The other labels of the
 * namespace are not known. So a requirement about them counts as met.
 */
function takesNamespace(selector: LabelSelector | undefined, namespace: string): boolean {
  const key = 'kubernetes.io/metadata.name';
  return labelSelectorTakes(selector, { [key]: namespace }, key);
}

/**
 * Whether a selector selects the objects of this plugin. They have the labels below, and other labels only through
 * `--label`.
 */
function takesLabels(selector: LabelSelector | undefined): boolean {
  return labelSelectorTakes(selector, { [clusterNameLabel]: standInName, [managedByLabel]: fieldManager });
}

/**
 * Whether a rule of a webhook is about new objects of the resource (admissionregistration.k8s.io/v1,
 * RuleWithOperations).
 */
function isAbout(rule: object, resource: DecidedResource): boolean {
  // The type in kubernetes-types lacks the fields of the embedded type Rule.
  const { apiGroups = [], resources = [], operations = [] } = rule as Readonly<Record<string, readonly string[]>>;
  const takes = (values: readonly string[], ...wanted: readonly string[]) =>
    ['*', ...wanted].some((each) => values.includes(each));
  return takes(operations, 'CREATE') && takes(apiGroups, groups[resource]) && takes(resources, resource, '*/*');
}
