import { type Cure, command, cure } from '../../errors/cure.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { controllerKindOf } from '../../skypilot/controllers.ts';
import { operandOf, skyOperandOf } from '../../skypilot/operand.ts';
import { managedJobIdOf, type SkyCluster } from '../../skypilot/sky-cluster.ts';
import { insideOf } from './inside.ts';

/** Commands that create a new head Pod. SkyPilot never restarts a head Pod in place (restartPolicy Never). */
export function restartCommand(skyCluster: SkyCluster): readonly Cure[] {
  const jobId = managedJobIdOf(skyCluster);
  if (jobId !== undefined) {
    return [
      cure(
        command`sky jobs queue`,
        `shows the jobs; SkyPilot's job controller recovers managed job ${jobId} without your help`,
      ),
    ];
  }
  if (controllerKindOf(skyCluster)) {
    return [
      cure(command`sky status --refresh`, 'shows what SkyPilot knows; it starts its controllers without your help'),
    ];
  }
  if (isNameless(skyCluster)) {
    return [
      cure(command`sky status`, 'shows the name that SkyPilot gave the cluster'),
      cure(command`sky launch -c NAME`, 'starts the head again; NAME is the name shown there'),
    ];
  }
  return [cure(command`sky launch -c ${skyOperandOf(skyCluster.displayName)}`, 'starts the head again')];
}

/** Commands that remove what is left of a SkyPilot cluster. */
export function removalOf(skyCluster: SkyCluster): readonly Cure[] {
  if (isNameless(skyCluster)) {
    return [
      cure(command`sky status`, 'shows the name that SkyPilot gave the cluster'),
      cure(command`sky down NAME`, 'removes what is left, after asking; NAME is the name shown there'),
    ];
  }
  const name = skyOperandOf(skyCluster.displayName);
  return [
    cure(command`sky down ${name}`, 'removes what is left, after asking'),
    cure(command`sky launch -c ${name}`, 'starts the cluster again'),
  ];
}

/**
 * Whether the name for SkyPilot's commands is unknown. There are two cases. First, no object contains the name: the
 * SkyPilot cluster has no Pods, or is from a SkyPilot before 0.11.2. Second, SkyPilot's commands would not read the
 * name as a name: `-x` would be an option.
 */
function isNameless({ displayName, nameOnCloud }: SkyCluster): boolean {
  return displayName === nameOnCloud || skyOperandOf(displayName) === undefined;
}

/**
 * Cures that find out whether the app listens. The first cure is a probe from inside the Pod. If the snapshot already
 * has this probe, and the app listens, the cure is `forward`. If the app does not listen, the first cure shows the
 * app's log.
 */
export function insideCures(view: SnapshotIndex, row: Endpoint): readonly Cure[] {
  const { probe, listens } = insideOf(view, row);
  if (!probe) {
    const look = command`kubectl skyports doctor ${operandOf(row)} ${row.port} -n ${row.namespace} --probe=pod`;
    return [cure(look, 'looks inside the Pod whether the app listens')];
  }
  const forward = command`kubectl skyports forward ${operandOf(row)} ${row.port} -n ${row.namespace}`;
  if (listens) return [cure(forward, 'reaches the app, which listens inside its Pod')];
  return [
    logsCure(row.skyCluster, 'shows whether the app runs'),
    cure(forward, 'calls it without the network in between'),
  ];
}

/** The cure `sky logs NAME`. @param what the note of the cure: what the user sees in the log */
export function logsCure(displayName: string, what: string): Cure {
  const name = skyOperandOf(displayName);
  if (name !== undefined) return cure(command`sky logs ${name}`, what);
  return cure(command`sky logs NAME`, `${what}; NAME is the name that SkyPilot knows it by`);
}
