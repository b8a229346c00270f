import type { Service } from 'kubernetes-types/core/v1';
import { fieldManager } from '../../src/exposure/ownership.ts';
import type { Manifest, PlannedWrite } from '../../src/snapshot/plan.ts';

type Fields = { [path: string]: Fields };

/** Maps and lists that structured-merge-diff takes as one value (`x-kubernetes-map-type`, `x-kubernetes-list-type: atomic`). */
const atomic = new Set(['selector', 'rules', 'tls', 'loadBalancerSourceRanges', 'fieldsV1']);
const listKeys: Readonly<Record<string, readonly string[]>> = { ports: ['port', 'protocol'], ownerReferences: ['uid'] };
const unowned = new Set(['apiVersion', 'kind', 'name', 'namespace', 'resourceVersion', 'uid', 'managedFields']);

let lastUid = 0;

/**
 * What an API server would hold after our server-side apply of a manifest over what was there: the fields of the
 * manifest, those that others own, and who owns which. Only as far as our manifests go.
 */
export function applied<M extends Manifest>(manifest: M, live?: M): M {
  const { resourceVersion: _, ...metadata } = manifest.metadata ?? {};
  lastUid++;
  const uid = live?.metadata?.uid ?? `uid-${lastUid}`;
  const fieldsV1 = fieldsOf({ ...manifest, metadata });
  const object = structuredClone({
    ...manifest,
    metadata: {
      ...metadata,
      annotations: { ...foreignAnnotations(live), ...metadata.annotations },
      uid,
      resourceVersion: String(lastUid),
      managedFields: [
        { manager: 'someone-else', operation: 'Update', fieldsV1: {} },
        { manager: fieldManager, operation: 'Apply', fieldsV1 },
      ],
    },
  }) as M;
  if (manifest.kind === 'Service') addServerFields(object as Service);
  return object;
}

/** The objects that stand after a plan was carried out, owners of an Ingress included. */
export function carriedOut(writes: readonly PlannedWrite[], before: readonly Manifest[]): Manifest[] {
  const objects = new Map(before.map((object) => [keyOf(object), object]));
  for (const { manifest, ownedBy } of writes) {
    const ownerReferences = ownedBy?.map(({ name }) => {
      const owner = objects.get(`Service/${manifest.metadata?.namespace}/${name}`);
      return { apiVersion: 'v1', kind: 'Service', name, uid: owner!.metadata!.uid! };
    });
    const complete = ownerReferences ? { ...manifest, metadata: { ...manifest.metadata, ownerReferences } } : manifest;
    objects.set(keyOf(manifest), applied(complete, objects.get(keyOf(manifest))));
  }
  return [...objects.values()];
}

function keyOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata?.namespace}/${metadata?.name}`;
}

function foreignAnnotations(live: Manifest | undefined): Record<string, string> {
  const others = Object.entries(live?.metadata?.annotations ?? {}).filter(([key]) => key.startsWith('other/'));
  return Object.fromEntries(others);
}

// What a server allocates belongs to nobody, or to somebody else.
function addServerFields(service: Service): void {
  Object.assign(service.spec!, { clusterIP: '10.96.0.9', internalTrafficPolicy: 'Cluster', sessionAffinity: 'None' });
  if (service.spec!.type === 'ClusterIP') return;
  service.spec!.ports?.forEach((port, index) => {
    port.nodePort ??= 30_000 + index;
  });
}

/** FieldsV1 of a value: `{}` for what is owned whole. */
function fieldsOf(value: object): Fields {
  const fields: Fields = {};
  for (const [name, inner] of Object.entries(value)) {
    if (unowned.has(name)) continue;
    fields[`f:${name}`] = fieldOf(name, inner);
  }
  return fields;
}

function fieldOf(name: string, value: unknown): Fields {
  if (typeof value !== 'object' || value === null || atomic.has(name)) return {};
  if (!Array.isArray(value))
    return { ...(name === 'metadata' || name === 'spec' ? {} : { '.': {} }), ...fieldsOf(value) };
  const keys = listKeys[name] ?? [];
  const entries = value.map((item: Record<string, unknown>) => {
    const key = Object.fromEntries(keys.map((each) => [each, item[each]]));
    const inner = Object.fromEntries(Object.keys(item).map((each) => [`f:${each}`, {}]));
    return [`k:${JSON.stringify(key)}`, { '.': {}, ...inner }];
  });
  return Object.fromEntries(entries);
}
