import { controllerNamed } from '../exposure/controllers/ingress-controllers.ts';
import { allLoadBalancers } from '../platforms/all-platforms.ts';
import { kindContext } from '../skypilot/names.ts';
import { isRecord, type Shape } from '../snapshot/shape.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allTopics, itemsOf, type Observation, type Topic, topicRows } from '../snapshot/topics.ts';
import {
  redactedAnnotations,
  redactedDistinguishedName,
  redactedFlags,
  redactedImage,
  redactedLabels,
  redactedManagers,
  redactedPortModes,
} from './redact-fields.ts';
import { redactName, redactPath, redactText } from './redact-text.ts';
import { type Tokens, tokensOf } from './tokens.ts';

/** A snapshot that is safe to share, and the new names of its objects. */
export interface Redacted {
  readonly snapshot: Snapshot;
  /** Returns the new name of an object, from its original name. */
  rename(name: string): string;
}

/**
 * Removes what identifies people and networks: addresses, host names, users, nodes, contexts, and values of
 * annotations. Also removes everything that no check reads. Names of objects and namespaces stay.
 *
 * The checks find the same root causes, because equal values get the same token, and an address keeps its scope.
 */
export function redactedSnapshot(snapshot: Snapshot): Redacted {
  const tokens = tokensOf();
  collectNodes(snapshot, tokens);
  collectUsers(snapshot, tokens);
  const topics = Object.fromEntries(
    allTopics.map((topic) => [topic, redactedTopic(topic, snapshot.topics[topic], tokens)]),
  ) as unknown as Snapshot['topics'];
  const rename = (name: string) => redactName(name, tokens);
  const { namespace, takenAt, context, server } = snapshot;
  return {
    snapshot: {
      context: contextToken(context, tokens),
      ...(server && { server: redactText(server, tokens) }),
      namespace: namespace === null ? null : rename(namespace),
      takenAt,
      topics,
    },
    rename,
  };
}

function collectNodes({ topics }: Snapshot, tokens: Tokens): void {
  for (const { metadata } of itemsOf(topics.nodes)) tokens.node(metadata?.name ?? '');
  const ofLoadBalancers = [topics.loadBalancerPods, topics.metallbSpeakers, topics.serviceLbPods];
  const pods = [topics.pods, topics.controllerPods, ...ofLoadBalancers].flatMap(itemsOf);
  for (const { spec } of pods) tokens.node(spec?.nodeName ?? '');
  for (const { status } of itemsOf(topics.serviceL2Statuses)) tokens.node(status?.node ?? '');
  for (const { metadata, spec } of itemsOf(topics.leases)) {
    if (metadata?.name?.startsWith('cilium-l2announce-')) tokens.node(spec?.holderIdentity ?? '');
  }
  for (const { endpoints } of [...itemsOf(topics.endpointSlices), ...itemsOf(topics.controllerSlices)]) {
    for (const { nodeName } of endpoints ?? []) tokens.node(nodeName ?? '');
  }
}

function collectUsers({ topics }: Snapshot, tokens: Tokens): void {
  for (const { metadata } of itemsOf(topics.pods)) {
    for (const texts of [metadata?.labels, metadata?.annotations]) tokens.user(texts?.['skypilot-user'] ?? '');
  }
  for (const topic of allTopics) {
    const observation = topics[topic];
    // The message of a refused list contains the user's name. Find this name first, so that it is also redacted in all
    // other topics.
    if (!observation.observed) redactText(observation.message, tokens);
  }
}

function redactedTopic(topic: Topic, observation: Observation<object>, tokens: Tokens): Observation<object> {
  if (!observation.observed) return { ...observation, message: redactText(observation.message, tokens) };
  const items = observation.items.map((item) =>
    topic === 'skyConfig'
      ? redactedConfig(item as Record<string, unknown>, tokens)
      : (redacted(item, topicRows[topic].shape, topic, { tokens, topic }) as object),
  );
  return { ...observation, items };
}

interface Context {
  readonly tokens: Tokens;
  readonly topic: Topic;
}

/** Fields whose values are safe to share, such as words of Kubernetes and of this plugin, versions, and times. */
const verbatim = new Set(
  'restartPolicy app use-proxy-protocol use-forwarded-headers ssl-redirect force-ssl-redirect proxy-body-size proxy-read-timeout proxy-send-timeout kind type status reason group verb resource apiGroups resources operations key operator effect phase finalizers uid resourceVersion protocol appProtocol scheme outcome code addressType externalTrafficPolicy ipMode advertisementType gitVersion kubeletVersion failurePolicy policyTypes pathType page validTo validFrom creationTimestamp deletionTimestamp lastTransitionTime lastTimestamp firstTimestamp eventTime lastObservedTime operation subresource mode component reportingComponent state'.split(
    ' ',
  ),
);
/** Load balancer classes of known products. Any other class may contain a company's domain. */
const ownClasses = new Set(allLoadBalancers.flatMap(({ classes }) => classes));
/**
 * The domains of public load balancers without a file in src/platforms. A check looks for the Pods of their
 * controllers.
 */
const publishedClass = /^(?:loxilb|purelb|openelb)\.io\//;
const names = new Set([
  'name',
  'namespace',
  'serviceName',
  'serviceNamespace',
  'node',
  'holderIdentity',
  'secretName',
  'pod',
  'ingressClassName',
  'targetPort',
  'port',
]);

/** Topics with the words of ACME servers, which contain host names and addresses. */
const acmeTopics: ReadonlySet<Topic> = new Set(['orders', 'challenges']);

/** Topics with Pods whose flags checks read. */
const withFlags: ReadonlySet<Topic> = new Set(['controllerPods', 'loadBalancerPods', 'metallbSpeakers']);

/** Keeps the fields of the shape, and redacts each text according to its field. */
function redacted(value: unknown, shape: Shape, field: string, context: Context): unknown {
  const { tokens, topic } = context;
  if (field === 'managedFields') return redactedManagers(value, tokens);
  if (field === 'annotations') return redactedAnnotations(value, tokens);
  if (field === 'portLevelMtls') return redactedPortModes(value);
  if (field === 'args') return withFlags.has(topic) ? redactedFlags(value, tokens) : undefined;
  if (typeof value === 'string') return redactedField(value, field, context);
  if (typeof shape === 'string') {
    if (shape === 'texts' && isRecord(value)) return redactedLabels(value, tokens);
    return shape === 'any' ? (isRecord(value) ? {} : undefined) : value;
  }
  if (Array.isArray(shape)) {
    return Array.isArray(value) ? value.map((item) => redacted(item, shape[0] as Shape, field, context)) : value;
  }
  if (!isRecord(value)) return value;
  const fields = Object.entries(shape as Readonly<Record<string, Shape>>).flatMap(([key, inner]) => {
    const name = key.replace('!', '');
    if (!Object.hasOwn(value, name)) return [];
    const kept = redacted(value[name], inner, name, context);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  // A shape does not contain `apiVersion` and `kind` of the object itself, so add them here. In a reference to another
  // object, `apiVersion` is removed, because the API group may belong to the user's company.
  const about = (field === context.topic ? ['apiVersion', 'kind'] : []).flatMap((name) =>
    typeof value[name] === 'string' ? [[name, value[name]] as const] : [],
  );
  return Object.fromEntries([...about, ...fields]);
}

function redactedField(text: string, field: string, { tokens, topic }: Context): string {
  if (field === 'type' && text.includes('/')) return redactedType(text, tokens);
  // In these topics, the reason is a whole sentence of an ACME server.
  if (field === 'reason' && acmeTopics.has(topic)) return redactText(text, tokens);
  // The group of an issuer may be the domain of the user's company.
  if (field === 'group' && topic.startsWith('certificate') && text !== 'cert-manager.io') return tokens.host(text);
  if (verbatim.has(field)) return text;
  if (names.has(field) && topic !== 'probes')
    return isWebhooks(topic) && field === 'name' && !publishedWebhook.test(text)
      ? redactText(text, tokens)
      : redactName(text, tokens);
  if (field === 'path' && topic === 'probes') return redactPath(text, tokens);
  if (field === 'image') return redactedImage(text, tokens);
  if (field === 'loadBalancerClass' && (ownClasses.has(text) || publishedClass.test(text))) return text;
  // Only the name of a known controller stays. Another name may contain the domain of the user's company.
  if (field === 'controller' && controllerNamed(text)) return text;
  if (field === 'caBundle') return text === '' ? '' : 'redacted';
  if (field === 'providerID')
    return text.replace(/^([a-z0-9-]+:\/\/).*$/i, (_, scheme: string) => `${scheme}/${tokens.value(text)}`);
  if (field === 'subject' || field === 'issuer') return redactedDistinguishedName(text, tokens);
  return redactText(text, tokens);
}

/**
 * Redacts the type of a condition. The prefix may be the domain of the user's company, unless it belongs to Kubernetes
 * or to a known product.
 */
function redactedType(type: string, tokens: Tokens): string {
  const [prefix = '', ...rest] = type.split('/');
  return publishedPrefix.test(prefix) ? type : [tokens.host(prefix), ...rest].join('/');
}

const publishedPrefix = /(?:^|\.)(?:k8s\.io|kubernetes\.io|k8s\.aws|cilium\.io|cilium|google\.com|gke\.io|azure\.com)$/;

/** The name of istiod's webhook, which tells the namespace of istiod. It begins with a revision or not. */
const publishedWebhook = /^(?:[a-z0-9-]+\.)?validation\.istio\.io$/;

/**
 * Whether the items of a topic are webhooks. The names of well-known webhooks stay, because checks recognize them.
 * Other names may contain the domain of the user's company.
 */
function isWebhooks(topic: Topic): boolean {
  return topic === 'webhooks' || topic === 'mutatingWebhooks';
}

/**
 * Redacts the name of a context. `kind-skypilot` stays, because checks read it. It is the context of SkyPilot's own
 * kind cluster.
 */
function contextToken(context: string, tokens: Tokens): string {
  return context === kindContext ? context : tokens.context(context);
}

/**
 * Redacts a configuration file of SkyPilot. Only the fields that checks read stay: ports, contexts, and the endpoint of
 * the API server. The path is shortened, because a home directory contains the user's name.
 */
function redactedConfig({ path, content }: Record<string, unknown>, tokens: Tokens): object {
  const { kubernetes, api_server: apiServer } = isRecord(content) ? content : {};
  const { ports, allowed_contexts: allowed, context_configs: configs } = isRecord(kubernetes) ? kubernetes : {};
  const contexts = Object.entries(isRecord(configs) ? configs : {}).map(([name, config]) => [
    contextToken(name, tokens),
    isRecord(config) ? { ports: config.ports } : {},
  ]);
  const contextList = Array.isArray(allowed)
    ? allowed.map((each) => (typeof each === 'string' ? contextToken(each, tokens) : each))
    : allowed;
  const endpoint = isRecord(apiServer) && typeof apiServer.endpoint === 'string' ? apiServer.endpoint : undefined;
  const file = /[^/\\]+$/.exec(String(path))?.[0] ?? '';
  return {
    path: file === 'config.yaml' ? '~/.sky/config.yaml' : file,
    content: {
      kubernetes: { ports, allowed_contexts: contextList, context_configs: Object.fromEntries(contexts) },
      ...(endpoint !== undefined && { api_server: { endpoint: redactText(endpoint, tokens) } }),
    },
  };
}
