import type { AskedRequest } from './asked-request.ts';

/** Which requests of a command a fault hits. */
export interface Place {
  readonly name: PlaceName;
  readonly matches: (request: AskedRequest) => boolean;
  /** The first of the matching requests that is hit, from 1; default 1. */
  readonly from?: number;
  /** Whether all later ones are hit, too. */
  readonly onward: boolean;
}

const isRead = ({ does }: AskedRequest) => does === 'read';
const isWrite = ({ does }: AskedRequest) => does === 'write';
const readOf =
  (...resources: readonly string[]) =>
  (request: AskedRequest) =>
    isRead(request) && resources.includes(request.resource);

/** What decides whether a SkyPilot cluster is there. */
const podsAndDeployments = readOf('pods', 'deployments');
const services = readOf('services');

const allPlaces = {
  'Pods and Deployments': { matches: podsAndDeployments, onward: true },
  Services: { matches: services, onward: true },
  'other topics': {
    matches: (request) => isRead(request) && !podsAndDeployments(request) && !services(request),
    onward: true,
  },
  'all reads': { matches: isRead, onward: true },
  'reads from the second on': { matches: isRead, from: 2, onward: true },
  'the first write': { matches: isWrite, onward: false },
  'the second write': { matches: isWrite, from: 2, onward: false },
  'all writes': { matches: isWrite, onward: true },
  everything: { matches: () => true, onward: true },
} as const satisfies Readonly<Record<string, Omit<Place, 'name'>>>;

export type PlaceName = keyof typeof allPlaces;

export function placeNamed(name: PlaceName): Place {
  return { name, ...allPlaces[name] };
}

/** Places of commands that only read. */
export const readPlaces: readonly PlaceName[] = [
  'Pods and Deployments',
  'Services',
  'other topics',
  'all reads',
  'reads from the second on',
];

/** Places of commands that change one object. */
export const writePlaces: readonly PlaceName[] = [...readPlaces, 'the first write', 'all writes', 'everything'];

/** Places of commands that change several objects. */
export const severalWritesPlaces: readonly PlaceName[] = [...writePlaces, 'the second write'];
