import { hasWords, isBelievable, outputOf, readsHit, vitalHit } from './evidence.ts';
import { type Ended, type Invariant, wrongIf } from './invariant.ts';

/** Sentences about what is there: nobody knows it if the server did not answer. */
const conclusions =
  /was not found|there is no SkyPilot cluster|No SkyPilot cluster found|nothing to (fix|remove)|no leftovers of|has no such annotation|has no head Pod|there is no Service|could not be told|cannot be detected/i;

const isForbidden = ({ cell }: Ended) => cell.fault.means === 'no right';
const isHarmless = ({ cell }: Ended) => cell.fault.means === 'harmless';

/** Whether all reads failed of a kind that the command cannot do without. */
function failsVitally(trial: Ended): boolean {
  const kinds = vitalHit(trial);
  return kinds.length > 0 && !isForbidden(trial) && !isHarmless(trial) && !isBelievable(trial, kinds);
}

function forbidsVitally(trial: Ended): boolean {
  return isForbidden(trial) && vitalHit(trial, trial.cell.row.vitalRights).length > 0;
}

const saysSomething = new Set(['server fails', 'conflict', 'namespace goes']);

/** What a command makes of reads that fail. */
export const serverInvariants: readonly Invariant[] = [
  {
    title: 'If Pods or Services cannot be read, the command fails with exit code 1',
    broken: (trial) => {
      if (!failsVitally(trial)) return undefined;
      const { failed } = trial.cell.row.codes;
      return wrongIf(!failed.includes(trial.first.code), `exit ${trial.first.code}, not ${failed.join(' or ')}`);
    },
  },
  {
    title: 'It then shows what the server said, or calls the answer unexpected',
    broken: (trial) => {
      const { fault, row } = trial.cell;
      if (!failsVitally(trial) || !saysSomething.has(fault.means)) return undefined;
      if (fault.words === undefined && row.saysWhatIsMissing?.(trial.first)) return [];
      return wrongIf(!hasWords(trial, trial.first), 'the words of the server are missing');
    },
  },
  {
    title: 'It then concludes nothing about what exists',
    broken: (trial) => {
      if (!failsVitally(trial)) return undefined;
      const said = conclusions.exec(outputOf(trial.first))?.[0];
      return wrongIf(said !== undefined, `it says "${said}"`);
    },
  },
  {
    title: 'What is unknown because another list failed carries what the server said',
    broken: (trial) => {
      const isTold = saysSomething.has(trial.cell.fault.means) && trial.first.code === 4;
      if (!isTold || failsVitally(trial) || isBelievable(trial) || readsHit(trial).length === 0) return undefined;
      return wrongIf(!hasWords(trial, trial.first), 'the words of the server are missing');
    },
  },
  {
    title: 'The doctor calls nothing healthy if the EndpointSlices could not be read',
    broken: (trial) => {
      // Without the right to see them the Pods' own conditions decide.
      if (!trial.cell.row.judges || isForbidden(trial) || isHarmless(trial)) return undefined;
      if (isBelievable(trial) || vitalHit(trial, ['endpointslices']).length === 0) return undefined;
      return wrongIf(trial.first.code === 0, 'exit 0');
    },
  },
  {
    title: 'Only a missing permission is called one',
    broken: (trial) => {
      if (isForbidden(trial)) return undefined;
      const said = outputOf(trial.first).includes('auth can-i') && !outputOf(trial.undisturbed).includes('auth can-i');
      return wrongIf(said, 'it says "auth can-i"');
    },
  },
  {
    title: 'A missing permission to read ends with exit code 4 and names the permission',
    broken: (trial) => {
      if (!forbidsVitally(trial)) return undefined;
      const { forbidden } = trial.cell.row.codes;
      const { code } = trial.first;
      return [
        ...wrongIf(!forbidden.includes(code), `exit ${code}, not ${forbidden.join(' or ')}`),
        ...wrongIf(!/auth can-i (list|get) \S+/.test(outputOf(trial.first)), 'no permission is named'),
      ];
    },
  },
  {
    title: 'An expired login is called one',
    broken: (trial) => {
      if (trial.cell.fault.means !== 'not logged in' || !failsVitally(trial)) return undefined;
      return wrongIf(!/logged in/i.test(outputOf(trial.first)), 'no login is mentioned');
    },
  },
  {
    title: 'A redirect is never followed',
    broken: ({ cell, askedElsewhere }) =>
      cell.fault.blow.do === 'answer' && cell.fault.blow.redirects
        ? wrongIf(askedElsewhere > 0, `${askedElsewhere} requests at the other server`)
        : undefined,
  },
];
