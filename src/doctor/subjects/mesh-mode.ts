import type { ValidatingWebhookConfiguration } from 'kubernetes-types/admissionregistration/v1';
import type { Pod } from 'kubernetes-types/core/v1';
import { type ObjectReference, referenceTo } from '../../snapshot/object-reference.ts';
import { selects } from '../../snapshot/selector.ts';
import { isRecord } from '../../snapshot/shape.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf, type Observation, type PeerAuthentication } from '../../snapshot/topics.ts';

/** What Istio's rules decide about calls of a Pod's port without mTLS. */
export interface MeshMode {
  /** Whether such calls are refused; undefined if the rules were not seen. */
  readonly isStrict: boolean | undefined;
  /** The rule that decides; undefined if no rule does. */
  readonly rule: ObjectReference | undefined;
  /**
   * The rule that selects the Pod; undefined if no rule does. Only this rule can have other modes for single ports.
   */
  readonly ofPod: ObjectReference | undefined;
}

/** The namespace in which Istio is usually installed. */
const usualNamespace = 'istio-system';

/**
 * The namespace of the rules for the whole mesh. The setting `rootNamespace` of the mesh names it. Without this setting,
 * it is the namespace of istiod, which the webhook of istiod names (Istio, MeshConfig; istiod chart, configmap.yaml).
 */
export function rootNamespaceOf({
  istioConfigMaps,
  webhooks,
}: Pick<Snapshot['topics'], 'istioConfigMaps' | 'webhooks'>): string {
  for (const { data } of itemsOf(istioConfigMaps)) {
    const set = /^rootNamespace:\s*["']?([a-z0-9][a-z0-9-]*)/m.exec(data?.mesh ?? '')?.[1];
    if (set !== undefined) return set;
  }
  return namespaceOfIstiod(webhooks) ?? usualNamespace;
}

/** The namespace of istiod, which validates Istio's objects by a webhook; undefined if no such webhook was seen. */
export function namespaceOfIstiod(webhooks: Observation<ValidatingWebhookConfiguration>): string | undefined {
  const found = itemsOf(webhooks)
    .flatMap((configuration) => configuration.webhooks ?? [])
    .find(
      ({ name, clientConfig }) => /^(?:.+\.)?validation\.istio\.io$/.test(name) && clientConfig.service !== undefined,
    );
  return found?.clientConfig.service?.namespace;
}

/**
 * Finds the mTLS mode for a port of a Pod. A rule for the Pod takes precedence over a rule for the namespace. A rule
 * for the namespace takes precedence over a rule for the mesh. Without any rule, the mode is PERMISSIVE. If there are
 * several rules at one level, the oldest applies (Istio, PeerAuthentication).
 *
 * @param rootNamespace the namespace of the rules for the mesh
 */
export function meshModeOf(
  rules: Observation<PeerAuthentication>,
  pod: Pod,
  port: number,
  rootNamespace = usualNamespace,
): MeshMode {
  if (!rules.observed) return { isStrict: undefined, rule: undefined, ofPod: undefined };
  const { namespace, labels } = pod.metadata ?? {};
  const pairs = (rule: PeerAuthentication) => rule.spec?.selector?.matchLabels ?? {};
  const isForAll = (rule: PeerAuthentication) => Object.keys(pairs(rule)).length === 0;
  const inPlace = (place: string | undefined) => rules.items.filter(({ metadata }) => metadata?.namespace === place);
  const [ofPod, ...above] = [
    inPlace(namespace).filter((rule) => selects(pairs(rule), labels)),
    inPlace(namespace).filter(isForAll),
    inPlace(rootNamespace).filter(isForAll),
  ].map((found) => found.sort((a, b) => createdAt(a) - createdAt(b))[0]);
  const own = ofPod && referenceOf(ofPod);
  for (const rule of [ofPod, ...above]) {
    const mode = rule && modeOf(rule, port);
    if (!rule || mode === undefined || mode === 'UNSET') continue;
    return { isStrict: mode === 'STRICT', rule: referenceOf(rule), ofPod: own };
  }
  return { isStrict: false, rule: undefined, ofPod: own };
}

function referenceOf(rule: PeerAuthentication): ObjectReference {
  return referenceTo('PeerAuthentication', rule);
}

function modeOf({ spec }: PeerAuthentication, port: number): string | undefined {
  const levels: unknown = spec?.portLevelMtls;
  const level = isRecord(levels) ? levels[String(port)] : undefined;
  const own = isRecord(level) && typeof level.mode === 'string' ? level.mode : 'UNSET';
  return own === 'UNSET' ? spec?.mtls?.mode : own;
}

function createdAt({ metadata }: PeerAuthentication): number {
  return Date.parse(String(metadata?.creationTimestamp ?? '')) || 0;
}
