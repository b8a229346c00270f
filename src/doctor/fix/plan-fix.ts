import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { Failure } from '../../errors/failure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { noChanges } from '../../exposure/plan/manifest.ts';
import type { PortMapping } from '../../exposure/port-mapping.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { ingressNamed } from '../../modes/ingress/own-ingresses.ts';
import { backendsOfIngress } from '../../modes/ingress/paths.ts';
import { planExpose } from '../../modes/plan-expose.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { type Plan, type PlannedWrite, removalOf } from '../../snapshot/plan.ts';
import { clusterKey } from '../check-context.ts';
import type { Verdict } from '../judge.ts';
import type { Fix } from './fix.ts';

/** What `doctor --fix` would change. */
export interface FixPlan {
  /** The ids of the checks with a fix, in the order of the checks. */
  readonly fixes: readonly string[];
  /** The new values of `skypilot.co/external-ip` on these Services; null removes the annotation. */
  readonly annotations: readonly { readonly service: Service; readonly value: string | null }[];
  readonly plan: Plan;
}

type ExposeFix = Extract<Fix, { do: 'expose' }>;

/**
 * Collects the fixes of failed checks. A fix is left out if `expose` would refuse it, or if it would change nothing.
 */
export function planFixes(verdicts: readonly Verdict[], view: SnapshotIndex): FixPlan {
  const offered = verdicts.flatMap(({ check, findings }) =>
    findings.flatMap(({ fix }) => (fix ? [{ id: check.id, fix }] : [])),
  );
  const annotations = new Map<string, FixPlan['annotations'][number]>();
  const writes = new Map<string, PlannedWrite>();
  const removals = new Map<string, Plan['removals'][number]>();
  const warnings = new Set<string>();
  const fixes = new Set<string>();
  const exposing = new Map<string, { readonly ids: string[]; readonly fix: ExposeFix }>();
  for (const { id, fix } of offered) {
    if (fix.do === 'expose') {
      const key = JSON.stringify([clusterKey(fix.skyCluster), fix.mode, fix.allNodes, fix.ingressClass]);
      const earlier = exposing.get(key);
      const ports = portsOf([...(earlier?.fix.ports ?? []), ...fix.ports]);
      exposing.set(key, { ids: [...(earlier?.ids ?? []), id], fix: { ...fix, ports } });
      continue;
    }
    fixes.add(id);
    if (fix.do === 'remove') {
      for (const { kind, object, nameOnCloud } of fix.orphans) {
        removals.set(`${kind} ${keyOf(object)}`, removalOf(kind, object, nameOnCloud));
      }
    } else if (!annotations.has(keyOf(fix.service))) {
      // If two checks set the annotation of the same Service, the earlier check on the packet's path decides.
      annotations.set(keyOf(fix.service), fix);
    }
  }
  for (const { ids, fix } of exposing.values()) {
    const planned = plannedExpose(view, fix);
    if (!planned) continue;
    for (const write of planned.writes) writes.set(`${write.kind} ${keyOf(write.manifest)}`, write);
    for (const warning of planned.warnings) warnings.add(warning);
    for (const id of ids) fixes.add(id);
  }
  const plan = { writes: [...writes.values()], removals: [...removals.values()], warnings: [...warnings] };
  const inOrder = verdicts.map(({ check }) => check.id).filter((id) => fixes.has(id));
  return { fixes: inOrder, annotations: [...annotations.values()], plan };
}

export function hasFixes({ fixes }: FixPlan): boolean {
  return fixes.length > 0;
}

function plannedExpose(
  view: SnapshotIndex,
  { skyCluster, mode, ports, allNodes, ingressClass }: ExposeFix,
): Plan | undefined {
  const request = {
    ...{ skyCluster, mode, ports, allNodes, ingressClass },
    ...{ annotations: noChanges, labels: noChanges, loadBalancerClass: undefined, sourceRanges: undefined },
    ...{
      path: undefined,
      rewrite: undefined,
      host: undefined,
      tlsSecret: undefined,
      force: false,
      allowReserved: false,
      besideSkyPilot: false,
    },
  };
  try {
    const plan = planExpose(view, request);
    const changes = plan.writes.some(({ effect, optional }) => effect !== 'unchanged' && optional === undefined);
    return changes && plan.writes.every((write) => keepsWhatIsThere(view, write)) ? plan : undefined;
  } catch (error) {
    if (error instanceof UsageError || error instanceof Failure) return undefined;
    throw error;
  }
}

/**
 * Whether a write keeps every existing path and port. `expose` repeats only the fields that this plugin owns, so the
 * write may remove fields with another owner. For example, fields that were restored from a backup have another owner.
 */
function keepsWhatIsThere(view: SnapshotIndex, { kind, manifest }: PlannedWrite): boolean {
  if (kind === 'Service') {
    const portsIn = ({ spec }: Service) => (spec?.ports ?? []).map(({ port }) => port);
    const written = portsIn(manifest as Service);
    return portsIn(view.services.get(keyOf(manifest)) ?? {}).every((port) => written.includes(port));
  }
  const { namespace = '', name = '' } = manifest.metadata ?? {};
  const pathsIn = (ingress: Ingress) =>
    backendsOfIngress(ingress).map(({ path, serviceName }) => `${path} ${serviceName}`);
  const written = pathsIn(manifest as Ingress);
  return pathsIn(ingressNamed(view, namespace, name) ?? {}).every((path) => written.includes(path));
}

/** The ports, sorted and without duplicate Service ports. */
function portsOf(ports: readonly PortMapping[]): PortMapping[] {
  const byPort = new Map(ports.map((port) => [port.servicePort, port]));
  return [...byPort.values()].sort((a, b) => a.servicePort - b.servicePort);
}
