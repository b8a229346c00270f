import fc from 'fast-check';
import type { SampleDump } from './dumps.ts';
import { type DumpDocument, type Path, renamed, replaced, textsIn, uncheckedIn } from './mutations.ts';
import { everyControl, type HostileText, shortTexts } from './texts.ts';

const pieces = [...everyControl.text, ...shortTexts.map(({ text }) => text), ' ', 'a', '-', '/', '.', '0', '   ', '# '];

/** Texts that hurt: those of the list, and what chance makes of their pieces. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...shortTexts.map(({ text }) => text)),
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

/** One scenario with hostile texts in it. */
export interface Mutant {
  readonly name: string;
  readonly dump: DumpDocument;
  readonly args: readonly string[];
  /** What was changed, for a failure's report. */
  readonly changes: readonly string[];
}

/** A scenario with one text in every field that no API server checks. */
export function flooded({ name, dump, args }: SampleDump, { tries, text }: HostileText): Mutant {
  const places = uncheckedIn(dump);
  const mutant = places.reduce((changed, path) => replaced(changed, path, text), dump);
  return { name, dump: mutant, args, changes: [`everywhere a text that ${tries}`] };
}

/** Scenarios with texts in some fields that no API server checks, as a cluster may have them. */
export const anyLiveMutant = (samples: readonly SampleDump[]) => mutantOf(samples, uncheckedIn);

/** Scenarios with texts in some fields, or as names of fields, whichever they are: a dump may come from anyone. */
export const anyMutant = (samples: readonly SampleDump[]) =>
  mutantOf(samples, (dump) => [...textsIn(dump)].filter(isChangeable));

/** Without these it is no dump of ours, and is refused as a whole. */
function isChangeable(path: Path): boolean {
  return path.length > 1;
}

function mutantOf(samples: readonly SampleDump[], placesIn: (dump: DumpDocument) => Path[]): fc.Arbitrary<Mutant> {
  const change = fc.record({
    place: fc.nat(),
    text: anyText,
    renames: fc.nat({ max: 9 }).map((chance) => chance === 0),
  });
  const changes = fc.array(change, { minLength: 1, maxLength: 4 });
  return fc.tuple(fc.constantFrom(...samples), changes).map(([{ name, dump, args }, wanted]) => {
    let mutant = dump;
    const said: string[] = [];
    for (const { place, text, renames } of wanted) {
      const places = placesIn(mutant);
      if (places.length === 0) break;
      const path = places[place % places.length]!;
      mutant = renames && path.includes('metadata') ? renamed(mutant, path, text) : replaced(mutant, path, text);
      said.push(`${path.join('.')} = ${JSON.stringify(text)}`);
    }
    return { name, dump: mutant, args, changes: said };
  });
}
