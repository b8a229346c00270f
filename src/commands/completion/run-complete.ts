import { type CliSpec, type Completion, completionAt, flagsOf } from '../../arguments/completion.ts';
import { parseGoDuration } from '../../arguments/duration.ts';
import type { Flags } from '../../arguments/flag.ts';
import { type Candidate, completionLines } from '../../output/completion-lines.ts';
import type { System } from '../../system.ts';

/**
 * The time limit of a completion. If completion takes longer, the tab key seems to be broken. A completion needs three
 * round trips, of 200 ms each on a slow connection. kubectl's own completion waits for the API server without a limit.
 */
const usualPatienceMs = 1000;

/**
 * Prints the candidates at the cursor, in kubectl's protocol for plugins (kubectl, pkg/cmd/plugin_completion.go). If an
 * error occurs, or the cluster does not answer in time, prints nothing. A message would damage the line that the user
 * is typing.
 *
 * @param args the typed words; the last word is at the cursor and may be empty
 */
export async function runComplete(args: readonly string[], cliSpec: CliSpec, system: System): Promise<number> {
  const typed = args.at(-1) ?? '';
  const nothing = completionLines([], '');
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), patienceMsOf(system));
  const late = new Promise<string>((resolve) => {
    patience.signal.addEventListener('abort', () => resolve(nothing), { once: true });
  });
  const completion = completionAt(args.slice(0, -1), typed, cliSpec);
  const found = offered(completion, typed, cliSpec, { system, patience: patience.signal }).catch(() => nothing);
  system.stdout.document(await Promise.race([found, late]));
  clearTimeout(timer);
  return 0;
}

/** The time limit of this completion. `SKYPORTS_COMPLETION_TIMEOUT` can set a longer limit for a slow API server. */
function patienceMsOf({ env }: System): number {
  return parseGoDuration(env.SKYPORTS_COMPLETION_TIMEOUT ?? '') ?? usualPatienceMs;
}

async function offered(
  completion: Completion | undefined,
  typed: string,
  cliSpec: CliSpec,
  means: { readonly system: System; readonly patience: AbortSignal },
): Promise<string> {
  if (!completion) return completionLines([], '');
  if (completion.of === 'command') {
    const help = { value: 'help', describe: 'Help about a command or a topic' };
    return completionLines([...commandCandidates(cliSpec), help], typed);
  }
  if (completion.of === 'help') return completionLines(await helpCandidates(completion.words, cliSpec), typed);
  if (completion.of === 'flag') {
    const { command } = completion;
    return completionLines(flagCandidates(flagsOf(command ? [command] : [], cliSpec)), typed);
  }
  const { what, typed: typedOfValue } = completion;
  if (what === 'file') return completionLines([], '', true);
  if (typeof what !== 'string')
    return completionLines(
      what.map((value) => ({ value })),
      typedOfValue,
    );
  const { candidatesFor } = await import('./candidates.ts');
  const candidates = await candidatesFor(what, completion, means);
  const given = new Set(completion.operands);
  return completionLines(
    candidates.filter(({ value }) => !given.has(value)),
    typedOfValue,
  );
}

function commandCandidates({ commands }: CliSpec): Candidate[] {
  return commands.flatMap(({ name, aliases = [], summary }) => [
    { value: name, describe: summary },
    ...aliases.map((alias) => ({ value: alias, describe: `Short for ${name}` })),
  ]);
}

/** The pages of `help`: commands and topics. After a topic with entries, these entries. */
async function helpCandidates([about, ...more]: readonly string[], cliSpec: CliSpec): Promise<Candidate[]> {
  const { helpTopics } = await import('../help-topics.ts');
  if (about === undefined) {
    const topics = helpTopics.map(({ name, title }) => ({ value: name, describe: title }));
    return [...commandCandidates(cliSpec), ...topics];
  }
  const entries = more.length === 0 ? await helpTopics.find(({ name }) => name === about)?.entries?.() : undefined;
  return (entries?.names ?? []).map((value) => ({ value }));
}

function flagCandidates(flags: Flags): Candidate[] {
  return Object.entries(flags).map(([name, { describe, short }]) => ({
    value: short === name ? `-${name}` : `--${name}`,
    describe,
  }));
}
