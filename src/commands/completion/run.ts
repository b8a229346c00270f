import { nearestOf } from '../../arguments/nearest.ts';
import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { installCompletionShim } from '../../local/completion-shim.ts';
import { completionScript, shimMark } from '../../output/completion-scripts.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { sayWithCures } from '../messages.ts';
import { type CompletionFlagValues, type CompletionTarget, completionTargets } from './command.ts';

/** Runs `completion`; returns the exit code. */
export async function runCompletion(
  operands: readonly string[],
  flags: CompletionFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const target = targetOf(operands);
  if (flags.install && target !== 'kubectl') {
    throw new UsageError('conflicting-flags', `--install is for kubectl, not for ${target}`, [howToInstall[target]]);
  }
  if (flags.dir !== undefined && !flags.install) {
    throw new UsageError('flag-needs-flag', '--dir says where --install writes', [
      cure(command`kubectl skyports completion kubectl --install --dir ${flags.dir}`, 'writes into that folder'),
    ]);
  }
  const text = completionScript(target, system.platform);
  if (!flags.install) {
    system.stdout.document(text);
    return exitCodes.fine;
  }
  const { file, was } = installCompletionShim({ text, mark: shimMark }, flags.dir, system);
  system.stdout.line(was === 'there' ? `${file} exists already` : `${file} written`);
  if (was === 'written') {
    const help = cure(command`kubectl completion --help`, 'explains how to set that up');
    sayWithCures(system, "it works in shells that have kubectl's own completion", [help], connectionValues);
  }
  return exitCodes.fine;
}

const howToInstall: Readonly<Record<Exclude<CompletionTarget, 'kubectl'>, Cure>> = {
  bash: advice('add this line to ~/.bashrc: source <(kubectl skyports completion bash)'),
  zsh: advice('add this line to ~/.zshrc, after compinit: source <(kubectl skyports completion zsh)'),
  fish: cure(
    command`kubectl skyports completion fish > ~/.config/fish/completions/kubectl-skyports.fish`,
    'writes the script where fish finds it',
  ),
  powershell: advice(
    'add this line to your $PROFILE: kubectl skyports completion powershell | Out-String | Invoke-Expression',
  ),
};

function targetOf(operands: readonly string[]): CompletionTarget {
  const [word, more] = operands;
  const target = completionTargets.find((each) => each === word);
  if (target && more === undefined) return target;
  const all = completionTargets.join(', ');
  const install = cure(command`kubectl skyports completion kubectl --install`, 'sets it up for kubectl in all shells');
  if (word === undefined || more !== undefined) {
    throw new UsageError('wrong-operands', `completion takes one of ${all}`, [install]);
  }
  const nearest = nearestOf(word, completionTargets);
  // Suggest only a name with the same first letter. The names are short and similar: `tcsh` is not a typing mistake for
  // `bash`.
  const isSlip = nearest !== undefined && nearest[0] === word[0];
  throw new UsageError(
    'unknown-shell',
    `completion for "${word}" is not known; it takes one of ${all}`,
    isSlip ? [cure(command`kubectl skyports completion ${nearest}`)] : [],
  );
}
