import type { Pod } from 'kubernetes-types/core/v1';
import { type ObjectReference, referenceTo } from '../../snapshot/object-reference.ts';
import { selects } from '../../snapshot/selector.ts';
import { isRecord } from '../../snapshot/shape.ts';
import type { Observation, PeerAuthentication } from '../../snapshot/topics.ts';

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

/** The default namespace of the rules for the whole mesh. A mesh may be installed with another root namespace. */
const rootNamespace = 'istio-system';

/**
 * Finds the mTLS mode for a port of a Pod. A rule for the Pod takes precedence over a rule for the namespace. A rule
 * for the namespace takes precedence over a rule for the mesh. Without any rule, the mode is PERMISSIVE. If there are
 * several rules at one level, the oldest applies (Istio, PeerAuthentication).
 */
export function meshModeOf(rules: Observation<PeerAuthentication>, pod: Pod, port: number): MeshMode {
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
