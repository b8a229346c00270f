import type { Cure } from '../errors/cure.ts';
import { detectPlatforms } from '../platforms/detect.ts';
import { type ApiServerObject, apiServerObjects } from '../skypilot/api-server.ts';
import type { ObjectReference } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import type { Subject } from './check-context.ts';
import type { Severity } from './define-check.ts';
import type { Evidence } from './finding.ts';
import { outcomeOf, rootCausesOf, type Verdict, worstSeverity } from './judge.ts';
import type { CalledUrl } from './subjects/answer.ts';
import type { Summary } from './summary.ts';

/** The versioned document of `-o json` and `-o yaml`. docs/diagnosis.schema.json describes it, and tests pin it. */
export interface Diagnosis {
  readonly apiVersion: 'skyports/v1alpha1';
  readonly kind: 'Diagnosis';
  readonly metadata: {
    readonly context: string;
    readonly namespace: string | null;
    readonly subject: {
      readonly skyCluster: string;
      readonly ports: readonly number[];
      readonly mode: string | null;
    } | null;
    /** The detected platforms, and the detected load balancer implementations. Several of each are normal. */
    readonly platforms: readonly DetectedPlatform[];
    readonly loadBalancers: readonly DetectedPlatform[];
    /**
     * The objects of SkyPilot API servers, which are neither SkyPilot clusters nor apps; empty if the user named a
     * SkyPilot cluster.
     */
    readonly apiServer: readonly ApiServerObject[];
  };
  readonly outcome: 'healthy' | 'problems' | 'unknown';
  readonly summary: Summary;
  /** The results of calls to the checked ports; empty if no port was called. */
  readonly answers: readonly CalledUrl[];
  readonly rootCauses: readonly string[];
  readonly checks: readonly DiagnosedCheck[];
}

/** A detected platform or load balancer of src/platforms, and the evidence. */
export interface DetectedPlatform {
  readonly id: string;
  readonly reason: string;
}

export interface DiagnosedCheck {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly outcome: Verdict['outcome'];
  readonly reason: string | null;
  /** Cures that find out the missing facts; empty if the outcome is not `unknown`. */
  readonly cures: readonly Cure[];
  readonly findings: readonly {
    readonly message: string;
    readonly cures: readonly Cure[];
    readonly objects: readonly ObjectReference[];
    readonly evidence: readonly Evidence[];
  }[];
}

/** Finds the objects of SkyPilot API servers; empty if the user named a SkyPilot cluster. */
export function apiServerIn({ topics }: Snapshot, { skyCluster }: Subject): ApiServerObject[] {
  return skyCluster ? [] : apiServerObjects(itemsOf(topics.services), itemsOf(topics.ingresses));
}

/** Creates the document of `-o json` and `-o yaml`. The order of its keys is part of the contract. */
export function diagnosisOf(
  snapshot: Snapshot,
  subject: Subject,
  ports: readonly number[],
  verdicts: readonly Verdict[],
  { summary, answers }: Pick<Diagnosis, 'summary' | 'answers'>,
): Diagnosis {
  const { skyCluster, mode } = subject;
  const { platforms, loadBalancers } = detectPlatforms(snapshot);
  const idsOf = (all: readonly { readonly what: { readonly id: string }; readonly reason: string }[]) =>
    all.map(({ what: { id }, reason }) => ({ id, reason }));
  return {
    apiVersion: 'skyports/v1alpha1',
    kind: 'Diagnosis',
    metadata: {
      context: snapshot.context,
      namespace: snapshot.namespace,
      subject: skyCluster ? { skyCluster: skyCluster.displayName, ports, mode: mode ?? null } : null,
      platforms: idsOf(platforms),
      loadBalancers: idsOf(loadBalancers),
      apiServer: apiServerIn(snapshot, subject),
    },
    outcome: outcomeOf(verdicts),
    summary,
    answers,
    rootCauses: rootCausesOf(verdicts),
    checks: verdicts.map((verdict) => ({
      id: verdict.check.id,
      title: verdict.check.title,
      severity: worstSeverity(verdict),
      outcome: verdict.outcome,
      reason: verdict.reason,
      cures: verdict.cures,
      findings: verdict.findings.map(({ message, cures, objects, evidence }) => ({
        message,
        cures,
        objects,
        evidence,
      })),
    })),
  };
}
