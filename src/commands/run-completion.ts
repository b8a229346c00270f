import { nearestOf } from '../arguments/nearest.ts';
import { command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { installCompletionShim } from '../local/completion-shim.ts';
import { completionScript, shimMark } from '../output/completion-scripts.ts';
import type { System } from '../system.ts';
import { type ConnectionValues, exitCodes } from './command.ts';
import { type CompletionFlagValues, type CompletionTarget, completionTargets } from './completion-flags.ts';

/** Runs `completion`; returns the exit code. */
export async function runCompletion(
  words: readonly string[],
  flags: CompletionFlagValues,
  _connection: ConnectionValues,
  system: System,
): Promise<number> {
  const target = targetOf(words);
  if (flags.install && target !== 'kubectl') {
    throw new UsageError(`--install is for kubectl, not for ${target}`, howToInstall[target]);
  }
  if (flags.dir !== undefined && !flags.install) {
    throw new UsageError(
      '--dir says where --install writes',
      'kubectl skyports completion kubectl --install --dir FOLDER',
    );
  }
  const text = completionScript(target, system.platform);
  if (!flags.install) {
    system.stdout.document(text);
    return exitCodes.fine;
  }
  const { file, was } = installCompletionShim({ text, mark: shimMark }, flags.dir, system);
  system.stdout.line(was === 'there' ? `${file} is there already` : `${file} written`);
  if (was === 'written')
    system.stderr.line('it works where completion of kubectl itself does: kubectl completion --help');
  return exitCodes.fine;
}

const howToInstall: Readonly<Record<Exclude<CompletionTarget, 'kubectl'>, string>> = {
  bash: 'add this line to ~/.bashrc: source <(kubectl skyports completion bash)',
  zsh: 'add this line to ~/.zshrc, after compinit: source <(kubectl skyports completion zsh)',
  fish: 'kubectl skyports completion fish > ~/.config/fish/completions/kubectl-skyports.fish',
  powershell: 'add this line to your $PROFILE: kubectl skyports completion powershell | Out-String | Invoke-Expression',
};

function targetOf(words: readonly string[]): CompletionTarget {
  const [word, more] = words;
  const target = completionTargets.find((each) => each === word);
  if (target && more === undefined) return target;
  const kinds = completionTargets.join(', ');
  if (word === undefined || more !== undefined) {
    throw new UsageError('invalid-shell', `completion takes one of ${kinds}`, [
      cure(command`kubectl skyports completion kubectl --install`, 'for every shell in which kubectl completes'),
    ]);
  }
  const nearest = nearestOf(word, completionTargets);
  // Of shells that there are none is a typing mistake of another: tcsh is not bash.
  const meant = nearest?.[0] === word[0] ? nearest : undefined;
  throw new UsageError('invalid-shell', `there is no completion for "${word}", only for ${kinds}`, [
    ...(meant ? [cure(command`kubectl skyports completion ${meant}`, `did you mean ${meant}?`)] : []),
  ]);
}
