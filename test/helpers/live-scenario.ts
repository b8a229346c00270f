import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldManager, isOurs } from '../../src/exposure/ownership.ts';
import { dumpOf } from '../../src/snapshot/dump.ts';
import type { Topic } from '../../src/snapshot/topics.ts';
import { topicRows } from '../../src/snapshot/topics.ts';
import { admin, cluster, create, type Json, newUser, type PolicyRule, type User } from './cluster.ts';
import { documentsOf, scenarioNamed, snapshotOfScenario } from './scenario.ts';

/** A dump of the scenario book, to be made for real. */
export interface LiveScenario {
  readonly name: string;
  /** What the doctor is given with `-f`. */
  readonly text: string;
  readonly dump: Json;
  /** Words and flags for `doctor`. */
  readonly args: readonly string[];
}

/** Reads `test/scenarios/NAME.yaml`. */
export function liveScenario(name: string): LiveScenario {
  const scenario = scenarioNamed(name);
  const { text, arguments: args } = scenario;
  const [first] = documentsOf(scenario);
  // What kubectl printed is made like what was saved.
  return { name, text, dump: first.kind === 'Snapshot' ? first : dumpOf(snapshotOfScenario(scenario)), args };
}

/** What no client may set, or what the server sets by itself. */
const serverFields = ['uid', 'resourceVersion', 'managedFields', 'creationTimestamp', 'generation'];
/** Slices are made by the real controller; the rest are answers and not objects. */
const notMade: readonly string[] = [
  'endpointSlices',
  'controllerSlices',
  'accessReviews',
  'serverVersion',
  'apiGroups',
  'skyConfig',
];

/** Makes the objects of a scenario on the test cluster and returns how to remove them. */
export async function makeScenario({ dump }: LiveScenario): Promise<() => Promise<void>> {
  const made: Json[] = [];
  const objects = objectsOf(dump);
  const isNode = ({ kind }: Json) => kind === 'Node';
  // The slice controller warns of a Pod whose node does not exist.
  const ordered = [...missingNodes(objects), ...objects.filter(isNode), ...objects.filter((each) => !isNode(each))];
  for (const object of ordered) {
    await ensureNamespace(object.metadata.namespace);
    made.push(await (isOurs(object.metadata) ? applyAsOurs(object) : create(object)));
  }
  return async () => {
    for (const { apiVersion, kind, metadata } of made.reverse()) {
      await admin('DELETE', `${pathOf(apiVersion, kind, metadata)}?gracePeriodSeconds=0`).catch(() => {});
    }
  };
}

/** What `expose` made: by server-side apply, as its field manager. Tells apart what it may rewrite from what others wrote. */
async function applyAsOurs({ status, ...object }: Json): Promise<Json> {
  const { apiVersion, kind, metadata } = object;
  const path = pathOf(apiVersion, kind, metadata);
  const applied = await admin('PATCH', `${path}?fieldManager=${fieldManager}`, object, 'application/apply-patch+yaml');
  return status ? admin('PATCH', `${path}/status`, { status }) : applied;
}

/** The slice controller lists a Pod only when its node is there, whether or not the dump was allowed to see nodes. */
function missingNodes(objects: readonly Json[]): Json[] {
  const present = new Set(objects.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name));
  const needed = new Set(objects.flatMap(({ kind, spec }) => (kind === 'Pod' && spec.nodeName) || []));
  return [...needed]
    .filter((name) => !present.has(name))
    .map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } }));
}

function objectsOf({ topics }: Json): Json[] {
  const objects = new Map<string, Json>();
  for (const [topic, list] of Object.entries<Json>(topics)) {
    if (notMade.includes(topic)) continue;
    for (const item of list.items ?? []) {
      const kind = item.kind ?? kindOf[topic as Topic];
      const apiVersion = item.apiVersion ?? apiVersionOf(topic as Topic);
      objects.set(`${kind} ${item.metadata.namespace}/${item.metadata.name}`, cleaned({ ...item, apiVersion, kind }));
    }
  }
  return [...objects.values()];
}

const kindOf: Partial<Record<Topic, string>> = {
  pods: 'Pod',
  services: 'Service',
  ingresses: 'Ingress',
  ingressClasses: 'IngressClass',
  controllerServices: 'Service',
  ingressNginxServices: 'Service',
  namedControllerServices: 'Service',
  controllerPods: 'Pod',
  webhooks: 'ValidatingWebhookConfiguration',
  nodes: 'Node',
  events: 'Event',
  handlerEvents: 'Event',
};

function apiVersionOf(topic: Topic): string {
  const { apiGroup } = topicRows[topic];
  return apiGroup === '' ? 'v1' : `${apiGroup}/v1`;
}

function cleaned(object: Json): Json {
  const metadata = { ...object.metadata };
  for (const field of serverFields) delete metadata[field];
  const spec = object.spec && { ...object.spec };
  if (object.kind === 'Service' && spec.clusterIP !== 'None') {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  if (object.kind === 'Pod') spec.containers ??= [{ name: 'ray-node', image: 'example.invalid/image' }];
  return { ...object, metadata, ...(spec ? { spec } : {}) };
}

async function ensureNamespace(namespace: string | undefined): Promise<void> {
  if (namespace === undefined || namespace === 'default') return;
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await create(object).catch((error: Error) => {
    if (!/already exists/.test(error.message)) throw error;
  });
}

function pathOf(apiVersion: string, kind: string, { namespace, name }: Json): string {
  const topic = (Object.keys(kindOf) as Topic[]).find((each) => kindOf[each] === kind)!;
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespace ? `/namespaces/${namespace}` : ''}/${topicRows[topic].resource}/${name}`;
}

/** A user who may see just what the scenario's dump saw, and do what its access reviews allow. */
export async function userOf({ dump }: LiveScenario): Promise<User> {
  const { namespace, context } = dump.metadata;
  const rules: PolicyRule[] = [];
  const clusterRules: PolicyRule[] = [];
  const read = ['get', 'list', 'watch'];
  for (const [topic, list] of Object.entries<Json>(dump.topics)) {
    const { resource, apiGroup, namespace: place } = topicRows[topic as Topic];
    if (!resource || topic === 'accessReviews' || list.kind === 'Status') continue;
    const rule = { apiGroups: [apiGroup], resources: [resource], verbs: read };
    if (place === 'scope' && namespace) rules.push(rule);
    else if (place !== 'ingress-nginx') clusterRules.push(rule);
  }
  const reviews: Json[] | undefined = dump.topics.accessReviews?.items;
  for (const { spec, status } of reviews ?? []) {
    const { verb, group, resource } = spec.resourceAttributes;
    if (status.allowed && !read.includes(verb))
      rules.push({ apiGroups: [group], resources: [resource], verbs: [verb] });
  }
  // Where the dump does not say, the user may write: what is missing would be a finding of its own.
  if (!reviews?.length)
    rules.push({
      apiGroups: ['', 'networking.k8s.io'],
      resources: ['services', 'ingresses'],
      verbs: ['create', 'patch', 'delete'],
    });
  return newUser(namespace ?? 'default', { rules, clusterRules, context });
}

/** SkyPilot's configuration of the scenario as the variable that names the file. */
export function skyConfigOf({ name, dump }: LiveScenario): Record<string, string> {
  const [config] = dump.topics.skyConfig?.items ?? [];
  const file = join(cluster().temporaryFolder, `${name}.sky.yaml`);
  writeFileSync(file, JSON.stringify(config?.content ?? {}));
  return { SKYPILOT_GLOBAL_CONFIG: file };
}
