import type { RunOutcome } from '../helpers/run-skyports.ts';
import { skyNames } from '../helpers/skypilot-objects.ts';
import { askedRequest } from './asked-request.ts';
import { commands } from './commands.ts';
import type { Facts } from './facts.ts';
import type { ProxiedRequest } from './fault-proxy.ts';
import { faults } from './faults.ts';
import { type PlaceName, placeNamed } from './places.ts';
import type { Trial } from './try-cell.ts';

const names = skyNames('default', 'train');

/** The site of all trials that are made up. */
export const site = {
  ...{ namespace: 'default', names, C: names.nameOnCloud },
  ...{ home: '/nowhere', configFile: '/nowhere/.sky/config.yaml' },
};

/** What was done, as exit code, stdout and stderr. */
export const outcome = (code: number, stdout = '', stderr = ''): RunOutcome => ({ code, stdout, stderr });

/** Facts from one object a line: `service/web: port 80 | port 81`. */
export function factsFrom(...lines: readonly string[]): Facts {
  return new Map(
    lines.map((line) => {
      const [object = '', facts = ''] = line.split(': ');
      return [object, new Set(facts.split(' | '))];
    }),
  );
}

/** Requests of the default namespace; those that are hit begin with `!`. */
export function requestsFrom(...lines: readonly string[]): ProxiedRequest[] {
  return lines.map((line) => {
    const [method = '', path = ''] = line.replace('!', '').split(' ');
    const place = path.startsWith('/') ? path : `/api/v1/namespaces/default/${path}`;
    return { ...askedRequest(method, place), isHit: line.startsWith('!'), status: undefined };
  });
}

/** The parts of a trial that a test chooses, by name. */
export interface Chosen extends Partial<Omit<Trial, 'cell'>> {
  readonly fault?: string;
  readonly command?: string;
  readonly place?: PlaceName;
}

const C = names.nameOnCloud;
const open = factsFrom(`service/${C}--skyports-lb: uid 1 | port 9000/TCP to 9000 | port 9001/TCP to 9001`);
const closed = factsFrom(`service/${C}--skyports-lb: uid 1 | port 9000/TCP to 9000`);

/** `unexpose train 9001`, refused once as it should be, and done by the second run; but for what is chosen. */
export function madeUpTrial({ fault, command, place, ...chosen }: Chosen = {}): Trial {
  return {
    cell: {
      fault: faults.find(({ name }) => name === (fault ?? '500 with a Status'))!,
      row: commands.find(({ name }) => name === (command ?? 'unexpose, load balancer'))!,
      place: placeNamed(place ?? 'the first write'),
    },
    site,
    undisturbed: outcome(0),
    before: open,
    after: open,
    final: closed,
    first: outcome(1, '', `error: service/${C}--skyports-lb not changed: the upstream is out of breath\n`),
    second: outcome(0, `service/${C}--skyports-lb changed\n`),
    requests: requestsFrom('GET pods', 'GET services', `!PATCH services/${C}--skyports-lb`),
    askedElsewhere: 0,
    ...chosen,
  };
}
