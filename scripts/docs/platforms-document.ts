import { type IngressController, ingressControllers } from '../../src/exposure/controllers/known-controllers.ts';
import { addedLoadBalancers, allPlatforms } from '../../src/platforms/all-platforms.ts';
import { type ControllerPage, controllerPages, untoldAnswers } from '../../src/platforms/controller-pages.ts';
import { commonExplanations } from '../../src/platforms/event-explanations.ts';
import type {
  EventExplanation,
  Limit,
  LoadBalancer,
  Platform,
  SchemeChange,
  SignalKind,
} from '../../src/platforms/platform.ts';
import { healthWords } from '../../src/platforms/platform-lines.ts';

const signWords: Readonly<Record<SignalKind, string>> = {
  providerID: "a node's providerID",
  nodeLabel: 'a label of a node',
  nodeAnnotation: 'an annotation of a node',
  osImage: 'the operating system of a node',
  version: "the API server's version",
  apiGroup: 'an API group',
  finalizer: 'a finalizer of a Service',
  serviceAnnotation: 'an annotation of a Service',
  loadBalancerClass: 'the class of a Service',
  condition: 'a condition of a Service',
  customResource: 'a custom resource',
  webhook: 'a webhook',
  workload: 'a Pod of its own',
  server: "the API server's host",
  context: 'the name of the context',
};

const beyondWords: Readonly<Record<Limit['limitKind'], string>> = {
  hard: '',
  quota: ' (can be raised)',
  'opens-range': ' (beyond, more are opened than were named)',
};

function pageRow({ sender, statuses, sign, appMay, source }: ControllerPage): string {
  return `| ${sender} | ${statuses.join(', ')} | ${sign} | ${appMay ?? 'no'} | ${source} |`;
}

/** docs/platforms.md: the facts about each cloud, distribution and load balancer, and which of them were tested. */
export function platformsDocument(): string {
  return `# Platforms and load balancers

Made by \`npm run docs\` from \`src/platforms\`; edit there. The doctor detects the platform, and what gives its Services addresses, by what it can see;
\`kubectl skyports doctor -o wide\` says by what, and \`-o json\` has it under \`metadata\`. Two at once are ordinary. The name of the context and the
API server's host count only where nothing better was seen.

**Nothing here was run on a cloud.** \`read\` in the last column means that a row is taken from the sources that its file in \`src/platforms\` names;
\`ran\` that it was tried with the real thing in this project's tests.

## Platforms

| platform | told by | addresses come from | tried |
|---|---|---|---|
${allPlatforms.map(platformRow).join('\n')}

## Load balancers

| load balancer | told by | class | default | internal | public | health check | ports at most | tried |
|---|---|---|---|---|---|---|---|---|
${loadBalancers().map(loadBalancerRow).join('\n')}

## Why an address does not come

What \`doctor\` and \`endpoints\` read in the events and conditions of a Service. The first row that fits counts; the words themselves are shown beside.

| load balancer | what it says | which means | what fixes it | tried |
|---|---|---|---|---|
${readingRows().join('\n')}

## Ingress controllers

SkyPilot's Ingresses have no host and need \`nginx.ingress.kubernetes.io/use-regex\` and \`rewrite-target\`. What each controller makes of them, by the
\`spec.controller\` of its IngressClass. Of a controller that is not in this table, \`doctor\` says that it is unknown; a class whose controller is named by
\`--controller-class\` of an ingress-nginx that runs is ingress-nginx's.

| controller | \`spec.controller\` | nginx's annotations | a rule without a host | address in an Ingress's status |
|---|---|---|---|---|
${ingressControllers.map(controllerRow).join('\n')}

Facts are from the sources that \`src/exposure/controllers/known-controllers.ts\` names. ingress-nginx and Traefik were run in this project's tests.

| platform | its ingress controller |
|---|---|
${allPlatforms.flatMap(({ title, ingress }) => (ingress ? [row([title, ingress.brings])] : [])).join('\n')}

## Answers of proxies themselves

How \`doctor\` and \`endpoints --check\` tell an answer of an ingress controller, a load balancer or a mesh from one of the app. A sign that an app may have,
too, counts only if the IngressClass of the path is the proxy's, or unknown.

| sender | status | sign | an app may send it | source |
|---|---|---|---|---|
${controllerPages.map(pageRow).join('\n')}

What has no sign is reported as an answer of "the app or its controller", and so is every answer from 400 on behind a controller that is not known. A 4xx of
this kind, except 401 and 403, makes \`doctor\` end in \`Cannot tell\`:

| sender | status | why |
|---|---|---|
${untoldAnswers.map(({ sender, statuses, why }) => `| ${sender} | ${statuses} | ${why} |`).join('\n')}

## Not verified

${unverified().join('\n')}
`;
}

const publishWords: Readonly<Record<IngressController['publishes'], string>> = {
  service: 'that of its Service, once it has one',
  itself: 'always',
  'if-told': 'only if its flags say so',
};

function controllerRow(controller: IngressController): string {
  const { product, readsNginxAnnotations, ofRegexPath, ofClassField, withoutHost, publishes } = controller;
  return row([
    product,
    `\`${controller.controller}\``,
    readsNginxAnnotations ? 'reads them' : `ignores them, and ${ofRegexPath}`,
    [withoutHost ?? 'served for every host', ofClassField].filter(Boolean).join('; ').replaceAll('|', '\\|'),
    publishWords[publishes],
  ]).replace('( | )', '( \\| )');
}

function loadBalancers(): LoadBalancer[] {
  const own = allPlatforms.flatMap(({ loadBalancer }) => loadBalancer ?? []);
  return [...own.filter(({ id }) => addedLoadBalancers.every((each) => each.id !== id)), ...addedLoadBalancers];
}

function platformRow({ id, title, matchers, loadBalancer, setupHint }: Platform): string {
  const from = loadBalancer ? `[${loadBalancer.title}](#load-balancers)` : 'nothing of its own';
  return row([`${title} (\`${id}\`)`, signsOf(matchers), setupHint ? `${from}. ${setupHint}` : from, 'read']);
}

function loadBalancerRow(loadBalancer: LoadBalancer): string {
  const { id, title, matchers, classes, defaultScheme, internal, healthCheck, limits, alternative, tried } =
    loadBalancer;
  const keys = Object.keys(healthCheck.pin ?? {}).map((key) => `\`${key}\``);
  const pinned = keys.length > 0 ? `; one port for all by ${keys.join(' and ')}` : '';
  const each = healthCheck.eachWith ? `; one for each port with \`${healthCheck.eachWith.annotation}\`` : '';
  return row([
    `${title} (\`${id}\`)`,
    matchers.length > 0 ? signsOf(matchers) : 'its platform',
    classes.map((each) => `\`${each}\``).join(', '),
    defaultScheme,
    internal ? changeWords(internal) : (alternative ?? ''),
    loadBalancer.public ? changeWords(loadBalancer.public) : '',
    `${healthWords[healthCheck.scope]}${pinned}${each}`,
    limits.map(({ ports, what, limitKind }) => `${ports} ${what}${beyondWords[limitKind]}`).join(', '),
    tried,
  ]);
}

/** Products with the same explanations share a row. */
function readingRows(): string[] {
  const owners = new Map<EventExplanation, string[]>();
  for (const { title, eventExplanations, fallbackExplanations } of loadBalancers()) {
    for (const each of [...(eventExplanations?.() ?? []), ...(fallbackExplanations?.() ?? [])])
      owners.set(each, [...(owners.get(each) ?? []), title]);
  }
  for (const each of commonExplanations()) owners.set(each, ['any']);
  return [...owners].map(([each, titles]) => readingRow(titles.join(', '), each));
}

function readingRow(
  title: string,
  { reason, message, annotated, cause, advice, flags, mostPorts, without, scheme, look, source, ran }: EventExplanation,
): string {
  const patterns = [reason, ...(message ? [message] : [])].map(
    ({ source: pattern }) => `\`${pattern.replaceAll('|', '\\|')}\``,
  );
  const says = [...patterns, ...(annotated ? [`with annotation \`${annotated}\``] : [])];
  const shows = look?.command ? `\`${look.command.replaceAll('|', '\\|')}\` ${look.note}` : undefined;
  const words =
    flags?.text ??
    (scheme && `--scheme ${scheme}`) ??
    (without && `--annotation ${without}-`) ??
    (mostPorts && `… of at most ${mostPorts} ports`);
  const exposed = words === '' ? '`unexpose`, then `expose` again' : words && `\`expose ${words}\``;
  const fixing = [exposed, advice, shows].filter(Boolean).join('; ');
  return row([title, says.join(': '), `${cause} ([source](${source}))`, fixing, ran ? 'ran' : 'read']);
}

function changeWords({ annotations, loadBalancerClass }: SchemeChange): string {
  const each = Object.entries(annotations).map(([key, value]) => `\`${key}: ${value}\``);
  const all = loadBalancerClass ? [...each, `class \`${loadBalancerClass}\``] : each;
  return all.length > 0 ? all.join(', ') : 'nothing to write';
}

function signsOf(matchers: Platform['matchers']): string {
  return [...new Set(matchers.map(({ signal }) => signWords[signal]))].join(', ');
}

function unverified(): string[] {
  return [...allPlatforms, ...loadBalancers()].flatMap(({ title, unverified: facts }) =>
    facts.map((fact) => `- ${title}: ${fact}.`),
  );
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
