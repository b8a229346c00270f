import { skyOperandOf } from '../skypilot/operand.ts';
import { managedJobIdOf, type SkyCluster } from '../skypilot/sky-cluster.ts';
import type { Cure } from './finding.ts';

/** How a SkyPilot cluster gets a head Pod again: SkyPilot never restarts one in place (restartPolicy Never). */
export function revivalOf(skyCluster: SkyCluster): Cure {
  const jobId = managedJobIdOf(skyCluster);
  if (jobId !== undefined) {
    return { command: 'sky jobs queue', note: `SkyPilot's job controller recovers managed job ${jobId} by itself` };
  }
  if (/sky-(jobs|serve)-controller/.test(skyCluster.nameOnCloud)) {
    return {
      command: 'sky status --refresh',
      note: 'SkyPilot starts its controllers itself; this shows what it knows',
    };
  }
  if (isNameless(skyCluster))
    return { command: 'sky status', note: 'sky launch -c NAME, with the name shown there, starts the head again' };
  return { command: `sky launch -c ${skyOperandOf(skyCluster.displayName)}`, note: 'starts the head again' };
}

/** How to be rid of what is left of a SkyPilot cluster. */
export function removalOf(skyCluster: SkyCluster): Cure {
  if (isNameless(skyCluster)) {
    return { command: 'sky status', note: 'sky down NAME, with the name shown there, removes it if nobody needs it' };
  }
  const note = 'if nobody needs it; sky launch starts the cluster again';
  return { command: `sky down ${skyOperandOf(skyCluster.displayName)}`, note };
}

/** A name that SkyPilot's commands would take for an option counts as none. Without Pods, and before SkyPilot 0.11.2, the name that SkyPilot's commands take is nowhere in the Kubernetes cluster. */
function isNameless({ displayName, nameOnCloud }: SkyCluster): boolean {
  return displayName === nameOnCloud || skyOperandOf(displayName) === undefined;
}
