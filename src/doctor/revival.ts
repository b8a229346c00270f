import { shellWord } from '../errors/shell-word.ts';
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
  return { command: `sky launch -c ${shellWord(skyCluster.displayName)}`, note: 'starts the head again' };
}
