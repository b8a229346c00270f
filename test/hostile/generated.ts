import fc from 'fast-check';
import type { SampleDump } from './dumps.ts';
import { type DumpDocument, type Path, patternOf, renamed, replaced, textsIn, uncheckedIn } from './mutations.ts';
import { everyControl, type HostileText, shortTexts } from './texts.ts';

const pieces = [...everyControl.text, ...shortTexts.map(({ text }) => text), ' ', 'a', '-', '/', '.', '0', '   ', '# '];

/** Hostile texts: those of the list, and random combinations of their pieces. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...shortTexts.map(({ text }) => text)),
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
);

/** One scenario with hostile texts in it. */
export interface Mutant {
  readonly name: string;
  readonly dump: DumpDocument;
  readonly args: readonly string[];
  /** The changes, for the message of a failing test. */
  readonly changes: readonly string[];
}

/** Puts one text into every field that no API server checks. @param part of the fields, by their pattern */
export function flooded({ name, dump, args }: SampleDump, { tries, text }: HostileText, part = /./): Mutant {
  const places = uncheckedIn(dump).filter((path) => part.test(patternOf(path)));
  const mutant = places.reduce((changed, path) => replaced(changed, path, text), dump);
  return { name, dump: mutant, args, changes: [`everywhere a text that ${tries}`] };
}

/** Scenarios with texts in some fields that no API server checks. A live cluster may have them. */
export const anyLiveMutant = (samples: readonly SampleDump[]) => mutantOf(samples, uncheckedIn);

/** Scenarios with texts in any fields, or as names of fields. A dump may come from anyone. */
export const anyMutant = (samples: readonly SampleDump[]) =>
  mutantOf(samples, (dump) => [...textsIn(dump)].filter(isChangeable));

/** A change at the top level makes the file another kind of document, which is refused as a whole. */
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
