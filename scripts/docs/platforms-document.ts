import { addedLoadBalancers, allPlatforms } from '../../src/platforms/all-platforms.ts';
import type {
  HealthCheck,
  Limit,
  LoadBalancer,
  Platform,
  Reading,
  SchemeChange,
  Sign,
} from '../../src/platforms/platform.ts';
import { commonReadings } from '../../src/platforms/readings.ts';

const signWords: Readonly<Record<Sign, string>> = {
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

const beyondWords: Readonly<Record<Limit['beyond'], string>> = {
  refused: '',
  raised: ' (can be raised)',
  widened: ' (beyond, more are opened than were named)',
};

const healthWords: Readonly<Record<HealthCheck['decides'], string>> = {
  one: 'one probe for all ports',
  each: 'one a port',
  nodes: 'the nodes, not the app',
  none: 'none',
  unknown: 'not known',
};

/** docs/platforms.md: what is known of each cloud, distribution and load balancer, and what of it was tried. */
export function platformsDocument(): string {
  return `# Platforms and load balancers

Made by \`npm run docs\` from \`src/platforms\`; edit there. Where a cluster runs and what gives its Services addresses is told by what can be seen of it;
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

## Not verified

${unverified().join('\n')}
`;
}

function loadBalancers(): LoadBalancer[] {
  const own = allPlatforms.flatMap(({ loadBalancer }) => loadBalancer ?? []);
  return [...own.filter(({ id }) => addedLoadBalancers.every((each) => each.id !== id)), ...addedLoadBalancers];
}

function platformRow({ id, title, marks, loadBalancer, without }: Platform): string {
  const from = loadBalancer ? `[${loadBalancer.title}](#load-balancers)` : 'nothing of its own';
  return row([`${title} (\`${id}\`)`, signsOf(marks), without ? `${from}. ${without}` : from, 'read']);
}

function loadBalancerRow(loadBalancer: LoadBalancer): string {
  const { id, title, marks, classes, defaultScheme, internal, healthCheck, limits, instead, tried } = loadBalancer;
  const keys = Object.keys(healthCheck.pin ?? {}).map((key) => `\`${key}\``);
  const pinned = keys.length > 0 ? `; one port for all by ${keys.join(' and ')}` : '';
  const each = healthCheck.eachWith ? `; one a port with \`${healthCheck.eachWith.annotation}\`` : '';
  return row([
    `${title} (\`${id}\`)`,
    marks.length > 0 ? signsOf(marks) : 'its platform',
    classes.map((each) => `\`${each}\``).join(', '),
    defaultScheme,
    internal ? changeWords(internal) : (instead ?? ''),
    loadBalancer.public ? changeWords(loadBalancer.public) : '',
    `${healthWords[healthCheck.decides]}${pinned}${each}`,
    limits.map(({ ports, what, beyond }) => `${ports} ${what}${beyondWords[beyond]}`).join(', '),
    tried,
  ]);
}

/** Relatives share readings: a row each, with all whose it is. */
function readingRows(): string[] {
  const owners = new Map<Reading, string[]>();
  for (const { title, readings = [] } of loadBalancers()) {
    for (const each of readings) owners.set(each, [...(owners.get(each) ?? []), title]);
  }
  for (const each of commonReadings) owners.set(each, ['any']);
  return [...owners].map(([each, titles]) => readingRow(titles.join(', '), each));
}

function readingRow(title: string, { reason, message, cause, advice, look, source, ran }: Reading): string {
  const says = [reason, ...(message ? [message] : [])].map(
    ({ source: pattern }) => `\`${pattern.replaceAll('|', '\\|')}\``,
  );
  const shows = look?.command ? `\`${look.command.replaceAll('|', '\\|')}\` ${look.note}` : undefined;
  const fixing = [advice, shows].filter(Boolean).join('; ');
  return row([title, says.join(': '), `${cause} ([source](${source}))`, fixing, ran ? 'ran' : 'read']);
}

function changeWords({ annotations, loadBalancerClass }: SchemeChange): string {
  const each = Object.entries(annotations).map(([key, value]) => `\`${key}: ${value}\``);
  const all = loadBalancerClass ? [...each, `class \`${loadBalancerClass}\``] : each;
  return all.length > 0 ? all.join(', ') : 'nothing to write';
}

function signsOf(marks: Platform['marks']): string {
  return [...new Set(marks.map(({ sign }) => signWords[sign]))].join(', ');
}

function unverified(): string[] {
  return [...allPlatforms, ...loadBalancers()].flatMap(({ title, unverified: facts }) =>
    facts.map((fact) => `- ${title}: ${fact}.`),
  );
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
