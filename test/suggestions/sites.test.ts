import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { forThisConnection } from '../../src/commands/connection/cures.ts';
import { type CommandPart, command, part } from '../../src/errors/cure.ts';
import { createTemporaryFolder } from '../cluster/temporary-folder.ts';
import { type CommandSite, commandSitesIn, commandSitesOf } from './command-sites.ts';
import { hostileWords, unpastable } from './hostile-words.ts';
import { type AllPasted, paste, shells } from './shells.ts';

const folder = createTemporaryFolder();
test.after.always(() => folder.remove());

const source = resolve(import.meta.dirname, '../../src');
const sites = commandSitesIn(source);
const withHoles = sites.filter(({ holes }) => holes.length > 0);

interface Case {
  readonly site: CommandSite;
  readonly text: string;
  /** The programs that are meant to run, with their arguments. */
  readonly meant: readonly (readonly string[])[];
}

/** The command of a site with the same word in every hole; null where it cannot be pasted. */
function filled({ tag, texts, holes }: CommandSite, word: string): string | null {
  const strings = Object.assign([...texts], { raw: texts });
  // The hole of a whole command line begins with the program.
  const words = holes.map((_, index) => (tag === 'command' && index === 0 && texts[0] === '' ? ['sky', word] : word));
  if (tag === 'command') return command(strings, ...words);
  const own: CommandPart = part(strings, ...words);
  return command`kubectl get ${own}`;
}

const hole = '\ue000';

/** What the command of a site is meant to run: the words of its text, with the word wherever there is a hole. */
function meantBy({ tag, texts }: CommandSite, word: string): string[][] {
  const begin = tag === 'part' ? 'kubectl get ' : texts[0] === '' ? 'sky ' : '';
  const [line = ''] = `${begin}${texts.join(hole)}`.split(' > ', 1);
  const programs = line.split(' | ').map((each) => each.split(' ').filter((text) => text !== ''));
  // The shell itself carries out an export.
  return programs
    .filter(([program]) => program !== 'export')
    .map((argv) => argv.map((text) => text.replaceAll(hole, word)));
}

const helmFlags: Readonly<Record<string, string>> = {
  kubeconfig: 'kubeconfig',
  context: 'kube-context',
  as: 'kube-as-user',
  'as-group': 'kube-as-group',
};

const casesOf = (site: CommandSite, word: string): Case[] => {
  const text = filled(site, word)!;
  const meant = meantBy(site, word);
  const given = { kubeconfig: word, context: word, as: word, 'as-group': [word, 'b'] };
  const here = forThisConnection(text, given)!;
  if (here === text) return [{ site, text, meant }];
  const [argv = []] = meant;
  const flags = Object.entries(given).flatMap(([name, values]) =>
    site.texts.some((each) => ` ${each}`.includes(` --${name} `))
      ? []
      : [values].flat().flatMap((value) => [`--${argv[0] === 'helm' ? helmFlags[name] : name}`, value]),
  );
  const withFlags = (argv: readonly string[]) => {
    if (argv[0] === 'helm') return argv.toSpliced(2, 0, ...flags);
    if (argv[0] !== 'kubectl') return argv;
    // Kubectl takes flags only after the names of a plugin and of a command.
    const count = argv.slice(1, argv[1] === 'skyports' ? 3 : 2).filter((name) => /^[a-z][a-z-]*$/.test(name)).length;
    return argv.toSpliced(1 + count, 0, ...flags);
  };
  return [
    { site, text, meant },
    { site, text: here, meant: meant.map(withFlags) },
  ];
};

// The name of a variable is no word: what stands in this hole is one of two.
const isVariable = ({ texts }: CommandSite) => texts[0] === 'export ';
const cases = [
  ...sites.filter(({ holes }) => holes.length === 0).flatMap((site) => casesOf(site, 'a b')),
  ...withHoles
    .filter((site) => !isVariable(site))
    .flatMap((site) => hostileWords.flatMap((word) => casesOf(site, word))),
  ...withHoles
    .filter(isVariable)
    .flatMap((site) => ['HTTP_PROXY', 'HTTPS_PROXY'].flatMap((word) => casesOf(site, word))),
];

/** Sites with the same text are pasted once. */
const texts = [...new Set(cases.map(({ text }) => text))];
const placeOf = new Map(texts.map((text, index) => [text, index]));

test('every template of a command is found, and each is pasted', (t) => {
  const pasted = new Set(cases.map(({ site }) => site));
  t.deepEqual(
    sites.filter((site) => !pasted.has(site)).map(({ place }) => place),
    [],
  );
  t.log(`${sites.length} templates in the source, ${withHoles.length} of them with values; ${cases.length} commands`);
  t.true(sites.length > 300 && withHoles.length > 150);
});

test('nothing else makes a command', (t) => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const others = /\bas Command\b|\bas CommandPart\b|\bnew CommandPart\b|\bimport [^;]*\b(?:command|part) as /;
  t.deepEqual(files.filter((name) => others.test(readFileSync(join(source, name), 'utf8'))).toSorted(), [
    'commands/connection/cures.ts',
    'errors/cure.ts',
  ]);
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are sources
test('a template is found within another, but not in a comment', (t) => {
  const text = [
    '/** `command`x ${y}`` */',
    "const a = command`kubectl ${b && part`-n ${{ c: '}' }.c}`} ${d}`;",
    '  // part`z`',
    'cure(',
    '  command`sky status`,',
  ].join('\n');
  t.deepEqual(commandSitesOf(text, 'src/x.ts'), [
    {
      place: 'src/x.ts:2',
      tag: 'command',
      texts: ['kubectl ', ' ', ''],
      holes: ["b && part`-n ${{ c: '}' }.c}`", 'd'],
    },
    { place: 'src/x.ts:2', tag: 'part', texts: ['-n ', ''], holes: ["{ c: '}' }.c"] },
    { place: 'src/x.ts:5', tag: 'command', texts: ['sky status'], holes: [] },
  ]);
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: these are sources

for (const shell of shells) {
  test(`${shell}: every suggestion in the source passes every value as it is, and nothing else runs`, async (t) => {
    const all = await paste(shell, texts, folder.path);
    const survived = cases.filter((each) => isAsMeant(each, all));
    t.deepEqual(all.written, []);
    t.deepEqual(
      faultsOf(
        t,
        cases.filter((each) => !survived.includes(each)),
        all,
      ),
      [],
    );
    t.log(`${shell}: ${survived.length} of ${cases.length} commands survive, of ${sites.length} templates`);
  });
}

function ranOf({ text }: Case, { pasted }: AllPasted) {
  const { ran, ended } = pasted[placeOf.get(text)!]!;
  // The shells of the tests know only some of the programs.
  return { ended, ran: ran.map(([program, ...argv]) => (program === 'unknown' ? argv : [program!, ...argv])) };
}

function isAsMeant(each: Case, all: AllPasted): boolean {
  const { ran, ended } = ranOf(each, all);
  // Programs of a pipe run side by side.
  const key = (runs: readonly (readonly string[])[]) => JSON.stringify(runs.map((argv) => argv.join('\0')).toSorted());
  return ended && key(ran) === key(each.meant);
}

/** The first faults, with the place of each. */
function faultsOf(t: ExecutionContext, failed: readonly Case[], all: AllPasted) {
  if (failed.length > 0) t.log(`${failed.length} fail`);
  return failed.slice(0, 10).map((each) => ({
    place: each.site.place,
    text: each.text,
    meant: each.meant,
    ...ranOf(each, all),
  }));
}

test('a value that no shell takes on one line leaves no command', (t) => {
  for (const site of withHoles) {
    for (const word of unpastable) t.is(filled(site, word), null, site.place);
  }
});
