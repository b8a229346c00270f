import { mayTryWrites } from '../../doctor/subjects/needed-access.ts';
import { plannedWrites } from '../../doctor/subjects/planned-objects.ts';
import { Failure } from '../../errors/failure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { fieldManager } from '../../exposure/ownership.ts';
import { countsOfWrite } from '../../exposure/quotas.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import type { DryRun } from '../../snapshot/dry-run.ts';
import type { PlannedWrite } from '../../snapshot/plan.ts';
import { notCollected, type Observation } from '../../snapshot/topics.ts';
import type { Callable } from './probe.ts';

/**
 * Requests dry runs of the objects that the mode would write. For a named SkyPilot cluster, these are the objects that
 * `expose` would write. Without a name, they are the objects for an invented SkyPilot cluster (the stand-in) in the
 * namespace of the context. Requests nothing if the user lacks the permissions to create and patch the objects.
 */
export async function observeDryRuns(
  { view, subject }: Pick<Callable, 'view' | 'subject'>,
  connection: Connection,
): Promise<Observation<DryRun>> {
  const { snapshot } = view;
  // A plan needs the existing Services.
  if (!subject.mode || !snapshot.topics.services.observed) return notCollected;
  const namespace = subject.skyCluster?.namespace || (snapshot.namespace ?? connection.namespace);
  let writes: PlannedWrite[];
  try {
    writes = plannedWrites(view, subject, namespace);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof Failure)) throw error;
    return { observed: false, reason: 'failed', message: error.message, cures: error.cures };
  }
  if (!mayTryWrites(snapshot, subject.mode, namespace))
    return { observed: false, reason: 'forbidden', message: 'forbidden' };
  const { tryWrites } = await import('../../kubernetes/changes/dry-run.ts');
  const answers = await tryWrites(connection, writes, fieldManager);
  const items = writes.map((write, at): DryRun => {
    const { kind, manifest } = write;
    const { namespace: place = '', name = '' } = manifest.metadata ?? {};
    const about = { mode: subject.mode!, kind, namespace: place, name };
    return { ...about, ...answers[at]!, counts: countsOfWrite(view, write) };
  });
  return { observed: true, items, resourceVersion: '', cutOff: false };
}
