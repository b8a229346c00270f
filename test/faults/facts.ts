import { existsSync, readFileSync } from 'node:fs';
import { admin, type Json } from '../helpers/cluster.ts';

/** What is so in a namespace, by object (`service/NAME`): one text for each port, path, annotation, label and owner. */
export type Facts = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads the Services and Ingresses of a namespace from the API server itself, and a file of the user's. */
export async function factsOf(namespace: string, file: string): Promise<Facts> {
  const [services, ingresses] = await Promise.all([
    admin('GET', `/api/v1/namespaces/${namespace}/services`),
    admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`),
  ]);
  const standing = ({ metadata }: Json) => metadata.deletionTimestamp === undefined;
  return new Map([
    ...services.items.filter(standing).map((each: Json) => [`service/${each.metadata.name}`, factsOfService(each)]),
    ...ingresses.items.filter(standing).map((each: Json) => [`ingress/${each.metadata.name}`, factsOfIngress(each)]),
    ...(existsSync(file) ? [['file', new Set(readFileSync(file, 'utf8').split('\n'))] as const] : []),
  ]);
}

/** Who an object is: another one of the same name has another address. */
export const isUid = (fact: string): boolean => fact.startsWith('uid ');

/** `OBJECT: FACT` for all that is so in `one` and not in `other`. */
export function missingFrom(other: Facts, one: Facts): string[] {
  return [...one].flatMap(([object, facts]) =>
    [...facts].filter((fact) => !other.get(object)?.has(fact)).map((fact) => `${object}: ${fact}`),
  );
}

/** The objects that differ in anything. */
export function changedBetween(one: Facts, other: Facts): string[] {
  const objects = new Set([...one.keys(), ...other.keys()]);
  const textOf = (facts: Facts, object: string) => [...(facts.get(object) ?? ['absent'])].sort().join('\n');
  return [...objects].filter((object) => textOf(one, object) !== textOf(other, object));
}

function factsOfService({ metadata, spec }: Json): Set<string> {
  const ports = (spec.ports ?? []).map(
    ({ port, protocol, targetPort }: Json) => `port ${port}/${protocol} to ${targetPort}`,
  );
  return new Set([...factsOfMetadata(metadata), `type ${spec.type}`, ...pairs('selector', spec.selector), ...ports]);
}

function factsOfIngress({ metadata, spec }: Json): Set<string> {
  const paths = (spec.rules ?? []).flatMap(({ host = '*', http }: Json) =>
    (http?.paths ?? []).map(({ path, backend }: Json) => {
      const { name, port } = backend.service;
      return `path ${host}${path} to ${name}:${port.number ?? port.name}`;
    }),
  );
  return new Set([...factsOfMetadata(metadata), `class ${spec.ingressClassName}`, ...paths]);
}

function factsOfMetadata({ uid, labels, annotations }: Json): string[] {
  return [`uid ${uid}`, ...pairs('label', labels), ...pairs('annotation', annotations)];
}

function pairs(what: string, record: Record<string, string> = {}): string[] {
  return Object.entries(record).map(([key, value]) => `${what} ${key}=${value}`);
}
