import { advice, type Command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { printedInIngressMode } from '../../modes/ingress/printed.ts';
import { layoutColumns } from '../../output/look.ts';
import { renderTable } from '../../output/table.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System, TextOutput } from '../../system.ts';
import { confirm } from '../confirm.ts';
import { say } from '../messages.ts';
import type { AnnotateCall } from './lists.ts';

/**
 * Prints what `sky status --endpoints` will print, one row for each port. This follows from the objects in the
 * snapshot.
 */
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
    ['SKYCLUSTER', 'PORT', { header: 'SKYPILOT-PRINTS', narrow: { step: 1, how: 'below' } }],
    rows.map(({ skyCluster, port, prints, reason }) => ({
      cells: [skyCluster, String(port), prints ?? '<none>'],
      notes: prints === null ? [reason] : [],
    })),
    { width: layoutColumns(output) },
  );
  output.lines(table);
}

/** An existing value, and the value that is to replace it. */
interface Replacement {
  /** The object that has the old value, as the beginning of a sentence: "Service a/b has the address". */
  readonly holder: string;
  readonly old: string;
  readonly value: string;
  /** A command that shows the change without making it. */
  readonly dryRunCommand: Command | null;
}

/** Asks the user before a value is replaced. If several objects have the same value, asks only once. */
export class ReplaceQuestion {
  readonly #call: AnnotateCall;
  #agreed: string | undefined;

  constructor(call: AnnotateCall) {
    this.#call = call;
  }

  /**
   * Whether the value may be replaced: with `-y`, in a dry run, or if the user agrees.
   *
   * @throws UsageError if there is no terminal to ask on
   */
  async allows({ holder, old, value, dryRunCommand }: Replacement): Promise<boolean> {
    const { args, system } = this.#call;
    if (args.yes || args.dryRun || this.#agreed === old) return true;
    if (!system.stdinIsTerminal) {
      throw new UsageError('no-terminal', `${holder} "${old}" already, and there is no terminal to ask on`, [
        cure(dryRunCommand, 'shows what would change'),
        advice('add -y to replace the address without asking'),
      ]);
    }
    if (await confirm(system, `Replace "${old}" by "${value}"?`)) {
      this.#agreed = old;
      return true;
    }
    say(system, 'nothing was changed');
    return false;
  }
}
