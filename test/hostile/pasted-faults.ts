import { allCommands } from '../../src/commands/all-commands.ts';
import { connectionFlags } from '../../src/commands/connection/flags.ts';
import { type Pasted, paste, type Shell, shells } from '../suggestions/shells.ts';
import { unwanted } from './texts.ts';

/** Whether an option takes the next argument, by its name. */
type Options = ReadonlyMap<string, boolean>;

const own: Options = new Map(
  [connectionFlags, ...allCommands.map(({ flags }) => flags)].flatMap((flags) =>
    Object.entries(flags).flatMap(([name, { type, short }]): [string, boolean][] => {
      const takes = type === 'string' || type === 'list';
      return [[`--${name}`, takes], ...(short ? [[`-${short}`, takes] as [string, boolean]] : [])];
    }),
  ),
);

const taking = (names: string, takes: boolean): [string, boolean][] => names.split(' ').map((name) => [name, takes]);

/** Options of kubectl and sky that suggestions use. Any other option came from a hostile text. */
const kubectl: Options = new Map([
  ...taking('-n --namespace --context --kubeconfig --cluster --user --as -l -o -p -c', true),
  ...taking(
    '-f --from-literal --timeout --type --tail --verb --resource --role --clusterrole --serviceaccount --cert --key --for',
    true,
  ),
  ...taking('--server --certificate-authority --tls-server-name --auth-provider --auth-provider-arg', true),
  ...taking(
    '-A --all-namespaces --all-containers --minify --watch -w --previous --embed-certs --interactive --show-managed-fields --help',
    false,
  ),
]);
const others: Options = new Map([...taking('-c', true), ...taking('-l --all --load-balancer', false)]);

/** The programs that suggestions run. `ls` shows a file of a kubeconfig. */
const suggested = ['kubectl', 'sky', 'ls'];

/** Sends requests to another server. Only `kubectl config set-cluster` may have it, and who typed it for this very call. */
const elsewhere = '--server';

/** These come first in a report. */
const worst = / (runs|wrote|leaves) /;

/** Pastes commands into every shell and lists the faults. @param never texts that must not be operands */
export async function faultsWhenPasted(
  commands: readonly string[],
  never: ReadonlySet<string>,
  folder: string,
): Promise<string[]> {
  const ofShell = async (shell: Shell) => {
    const { pasted, written } = await paste(shell, commands, folder);
    return [
      ...(written.length > 0 ? [`wrote files: ${written.map((file) => file.slice(0, 40)).join(', ')}`] : []),
      ...pasted.flatMap((each) => pastedFaults(each, never)),
    ];
  };
  const faults = await Promise.all(shells.map(ofShell));
  const all = faults.flatMap((each, index) => each.map((fault) => `${shells[index]}: ${fault}`));
  return all.toSorted((a, b) => Number(worst.test(b)) - Number(worst.test(a)));
}

/** Lists the faults of a pasted command. @param never texts that must not be operands */
export function pastedFaults({ command, ran, ended }: Pasted, never: ReadonlySet<string>): string[] {
  const faults = ended ? [] : ['leaves the shell waiting'];
  if (ended && ran.length === 0) faults.push('runs nothing: the shell refuses it');
  for (const argv of ran) faults.push(...argvFaults(argv, never));
  return faults.map((fault) => `${JSON.stringify(command)} ${fault}`);
}

function argvFaults(argv: readonly string[], never: ReadonlySet<string>): string[] {
  const [program = '', ...args] = argv;
  if (!suggested.includes(program)) return [`runs ${argv.join(' ')}`];
  const isOwn = program === 'kubectl' && args[0] === 'skyports';
  const known = isOwn ? new Map([...own, ['--help', false]]) : program === 'kubectl' ? kubectl : others;
  const faults: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === '--') break;
    if (!arg.startsWith('-')) {
      if (arg === unwanted || never.has(arg)) faults.push(`has the operand ${JSON.stringify(arg)}`);
      continue;
    }
    const [name = ''] = arg.split('=', 1);
    const takes = known.get(name);
    const isElsewhere = name === elsewhere && args[1] !== 'set-cluster';
    if (takes === undefined || isElsewhere) faults.push(`has the option ${JSON.stringify(arg)}`);
    else if (takes && !arg.includes('=')) at++;
  }
  return faults;
}
