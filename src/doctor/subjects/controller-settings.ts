import type { Pod, Service } from 'kubernetes-types/core/v1';
import { type Cure, command, cure } from '../../errors/cure.ts';
import { controllerNamed } from '../../exposure/controllers/ingress-controllers.ts';
import { keyOf, type ObjectReference } from '../../snapshot/object-reference.ts';
import type { controllerSettings } from '../../snapshot/object-shapes.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import { selects } from '../../snapshot/selector.ts';
import type { Snapshot, TopicRequests } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { classesServedBy, ofController } from './ingress-controller-pods.ts';

/** The settings of an ingress-nginx, and the ConfigMap that contains them. */
export interface ControllerSettings {
  readonly configMap: ObjectReference;
  /** Whether the ConfigMap was seen. False if ConfigMaps were not listed. */
  readonly exists: boolean;
  /** The settings; undefined if ConfigMaps were not seen. If a key is missing, the controller's default applies. */
  readonly settings: Readonly<Partial<Record<(typeof controllerSettings)[number], string>>> | undefined;
}

/**
 * The name of the ConfigMap in ingress-nginx's own manifests and chart. It applies if the arguments of a Pod do not
 * name the ConfigMap.
 */
const usualName = 'ingress-nginx-controller';

/** The request for the ConfigMap of ingress-nginx; empty if no Pod of it was seen. */
export function controllerConfigMapRequest({ topics }: Snapshot): TopicRequests {
  const [first] = ofController(itemsOf(topics.controllerPods), controllerNamed('k8s.io/ingress-nginx')!);
  if (!first) return {};
  const { namespace, name } = configMapOf(first);
  return {
    controllerConfigMaps: {
      path: collectionPath('ConfigMap', namespace),
      fieldSelector: `metadata.name=${name}`,
    },
  };
}

/** The namespace whose ConfigMaps are requested; null if no Pod of ingress-nginx was seen. */
export function configMapNamespaceOf(snapshot: Pick<Snapshot, 'topics'>): string | null {
  const [first] = ofController(itemsOf(snapshot.topics.controllerPods), controllerNamed('k8s.io/ingress-nginx')!);
  return first ? configMapOf(first).namespace : null;
}

/**
 * The ConfigMap in the flag `--configmap=NAMESPACE/NAME` of ingress-nginx. NAMESPACE is usually `$(POD_NAMESPACE)`.
 */
function configMapOf({ metadata, spec }: Pod): ObjectReference {
  const { namespace: ofPod = '' } = metadata ?? {};
  const args = (spec?.containers ?? []).flatMap((container) => container.args ?? []);
  const value = args.find((arg) => arg.startsWith('--configmap='))?.slice('--configmap='.length);
  const [namespace = '', name = ''] = (value ?? '').replace('$(POD_NAMESPACE)', ofPod).split('/');
  if (namespace !== '' && name !== '') return { kind: 'ConfigMap', namespace, name };
  return { kind: 'ConfigMap', namespace: ofPod, name: usualName };
}

/** The settings of the ingress-nginx behind a Service; undefined if no Pod of ingress-nginx is behind it. */
export function settingsBehind(service: Service, { topics }: Pick<Snapshot, 'topics'>): ControllerSettings | undefined {
  const pods = ofController(itemsOf(topics.controllerPods), controllerNamed('k8s.io/ingress-nginx')!);
  const { namespace } = service.metadata ?? {};
  const behind = pods.find(
    ({ metadata }) => metadata?.namespace === namespace && selects(service.spec?.selector, metadata?.labels),
  );
  return behind && settingsOf(behind, topics);
}

/**
 * The settings of the ingress-nginx that serves classes with this `spec.controller`. If no ingress-nginx serves them,
 * the settings of the first ingress-nginx. Undefined if no Pod of ingress-nginx was seen.
 */
export function settingsServing(
  controller: string,
  { topics }: Pick<Snapshot, 'topics'>,
): ControllerSettings | undefined {
  const pods = ofController(itemsOf(topics.controllerPods), controllerNamed('k8s.io/ingress-nginx')!);
  const serving = pods.find((pod) => classesServedBy(pod) === controller) ?? pods[0];
  return serving && settingsOf(serving, topics);
}

function settingsOf(pod: Pod, topics: Snapshot['topics']): ControllerSettings {
  const configMap = configMapOf(pod);
  const { controllerConfigMaps } = topics;
  const [first] = ofController(itemsOf(topics.controllerPods), controllerNamed('k8s.io/ingress-nginx')!);
  const asked = first && configMapOf(first);
  const isAsked = asked?.namespace === configMap.namespace && asked.name === configMap.name;
  if (!controllerConfigMaps.observed || !isAsked) return { configMap, exists: false, settings: undefined };
  const found = controllerConfigMaps.items.find((each) => keyOf(each) === `${configMap.namespace}/${configMap.name}`);
  return { configMap, exists: found !== undefined, settings: found?.data ?? {} };
}

/** A cure that sets values in the controller's ConfigMap. The controller loads the values within seconds. */
export function settingCure(
  { configMap: { namespace, name }, exists, settings: seen }: ControllerSettings,
  settings: Readonly<Record<string, string>>,
  note: string,
): Cure {
  if (seen !== undefined && !exists) {
    const literals = Object.entries(settings).map(([key, value]) => `--from-literal=${key}=${value}`);
    return cure(command`kubectl create configmap ${name} -n ${namespace} ${literals}`, note);
  }
  const patch = JSON.stringify({ data: settings });
  return cure(command`kubectl patch configmap ${name} -n ${namespace} --type=merge -p ${patch}`, note);
}

/** Whether a setting is on. ingress-nginx parses the value with Go's strconv.ParseBool. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && ['1', 't', 'true'].includes(value.toLowerCase());
}
