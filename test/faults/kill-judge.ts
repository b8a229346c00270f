import { isDeepStrictEqual } from 'node:util';
import { isOurs } from '../../src/exposure/ownership.ts';
import { clusterNameLabel } from '../../src/skypilot/names.ts';
import type { Json } from '../helpers/cluster.ts';
import type { State } from './kill-world.ts';

/** A world before a run, and how the whole run leaves another world of the same setting. */
export interface Expected {
  readonly before: State;
  readonly after: State;
}

/** What is broken after a kill: every object has to be as before, or as the whole run leaves it. */
export function damageOf(now: State, { before, after }: Expected): string[] {
  const found = namesIn(before, now, after).flatMap((name) => {
    const [was, is, shall] = [before.get(name), now.get(name), after.get(name)];
    if (isDeepStrictEqual(is, was) || isOfTheCollector(was, is, now)) return [];
    // The second condition finds an object that was written although the run is not about it.
    if (isSame(is, shall, now) && !isSame(was, shall, now)) return lostOf(name, was, is);
    return [`${name} is neither as before nor as meant: ${shown(was, now)} became ${shown(is, now)}`];
  });
  return [...found, ...pathsToNowhere(now)];
}

/** How a state differs from what the whole run leaves. */
export function missingOf(now: State, { after }: Pick<Expected, 'after'>): string[] {
  const unlike = namesIn(after, now).filter((name) => !isSame(now.get(name), after.get(name), now));
  return unlike.map((name) => `${name} is ${shown(now.get(name), now)}, not ${shown(after.get(name), now)}`);
}

/** What two runs at once have broken of what neither is about, or of what identifies an object. */
export function lossesOf(now: State, { before, after }: Expected): string[] {
  const found = namesIn(before, now).flatMap((name) => {
    const [was, is] = [before.get(name), now.get(name)];
    if (!isSame(was, after.get(name), now)) return lostOf(name, was, is);
    if (isDeepStrictEqual(is, was) || isOfTheCollector(was, is, now)) return [];
    return [`${name} is of neither run: ${shown(was, now)} became ${shown(is, now)}`];
  });
  return [...found, ...pathsToNowhere(now)];
}

/**
 * What two runs at once have broken if one may remove what the other makes again: all that is not their SkyPilot
 * cluster's is as before, and every path leads somewhere.
 */
export function lossesOfContest(now: State, { before }: Pick<Expected, 'before'>, nameOnCloud: string): string[] {
  const ofOthers = (state: State): State => {
    const isTheirs = ({ metadata }: Json) => isOurs(metadata) && metadata.labels[clusterNameLabel] === nameOnCloud;
    return new Map([...state].filter(([, object]) => !isTheirs(object)));
  };
  const [was, is] = [ofOthers(before), ofOthers(now)];
  return [...lossesOf(is, { before: was, after: was }), ...pathsToNowhere(now)];
}

function namesIn(...states: readonly State[]): string[] {
  return [...new Set(states.flatMap((state) => [...state.keys()]))];
}

/** Kubernetes' garbage collector takes an owner that is gone out of an object. */
function isOfTheCollector(was: Json, is: Json, now: State): boolean {
  const isOwnerGone = was?.metadata?.ownerReferences?.some(({ name }: Json) => !now.has(`Service ${name}`)) ?? false;
  return isOwnerGone && isSame(was, is, now);
}

/** An object that was made again has lost its addresses. */
function lostOf(name: string, was: Json, is: Json): string[] {
  if (!was?.metadata || !is?.metadata) return [];
  const identity = ({ metadata, spec }: Json) => [metadata.uid, spec.clusterIP];
  const nodePorts = new Map<number, unknown>((is.spec.ports ?? []).map(({ port, nodePort }: Json) => [port, nodePort]));
  const isKept = ({ port, nodePort }: Json) => !nodePorts.has(port) || nodePorts.get(port) === nodePort;
  const isAllKept = isDeepStrictEqual(identity(is), identity(was)) && (was.spec.ports ?? []).every(isKept);
  return isAllKept ? [] : [`${name} lost its uid, its cluster IP or a nodePort`];
}

function pathsToNowhere(now: State): string[] {
  return [...now].flatMap(([name, { metadata, spec }]) => {
    if (!name.startsWith('Ingress ') || !isOurs(metadata)) return [];
    const backends: Json[] = spec.rules.flatMap(({ http }: Json) => http.paths.map(({ backend }: Json) => backend));
    const isThere = ({ service: { name: service, port } }: Json) =>
      now.get(`Service ${service}`)?.spec.ports.some((each: Json) => each.port === port.number);
    return backends
      .filter((backend) => !isThere(backend))
      .map(({ service }) => `${name} has a path to Service ${service.name}, which does not exist`);
  });
}

function isSame(one: Json, other: Json, now: State): boolean {
  return isDeepStrictEqual(essenceOf(one, now), essenceOf(other, now));
}

function shown(object: Json, now: State): string {
  if (object === undefined) return 'nothing';
  return `${JSON.stringify(essenceOf(object, now))} (version ${object.metadata?.resourceVersion ?? 'none'})`;
}

/** What somebody wrote, without what the server gives each object, and without owners that are gone. */
function essenceOf(object: Json, now: State): Json {
  if (!object?.metadata) return object;
  const { namespace, name, labels, annotations, ownerReferences = [] } = object.metadata;
  const owners = ownerReferences
    .map((owner: Json) => owner.name)
    .filter((owner: string) => now.has(`Service ${owner}`))
    .sort();
  const { clusterIP, clusterIPs, healthCheckNodePort, ports, rules, ...spec } = object.spec;
  const essence = {
    ...{ name, labels, annotations, owners, spec, status: object.status },
    ports: ports?.map(({ nodePort, ...port }: Json) => port).sort((a: Json, b: Json) => a.port - b.port),
    paths: rules
      ?.flatMap(({ host, http }: Json) => http.paths.map((path: Json) => ({ host, ...path })))
      .sort((a: Json, b: Json) => (a.path < b.path ? -1 : 1)),
  };
  return JSON.parse(JSON.stringify(essence).replaceAll(namespace, 'NAMESPACE'));
}
