import { printedInIngressMode } from '../modes/ingress/printed.ts';
import { renderTable } from '../output/table.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { System, TextOutput } from '../system.ts';
import { say } from './expose-messages.ts';

/** Prints what `sky status --endpoints` will print by this snapshot, a row a port. */
export function printWhatSkyPilotPrints(snapshot: Snapshot, output: TextOutput, system: System): void {
  const { rows, isPattern } = printedInIngressMode(snapshot);
  if (isPattern) {
    const unseen = [snapshot.topics.ingresses, snapshot.topics.services].find(({ observed }) => !observed);
    say(
      system,
      `no port in ingress mode ${unseen ? 'was seen' : 'is open'} in namespace ${snapshot.namespace}; C stands for a name on the cloud, P for a port`,
    );
  }
  const table = renderTable(
    ['SKYCLUSTER', 'PORT', 'SKYPILOT-PRINTS'],
    rows.map(({ skyCluster, port, prints, because }) => ({
      cells: [skyCluster, String(port), prints ?? '<none>'],
      notes: prints === null ? [because] : [],
    })),
  );
  output.document(table);
}
