import { addedLoadBalancers, allPlatforms } from './all-platforms.ts';
import { platformIds } from './ids.ts';
import type { HealthCheck, LoadBalancer, LoadBalancerScheme, Platform, SchemeChange } from './platform.ts';
import { platformHints } from './platform-hints.ts';

/** The default of a load balancer, in words that continue "by default, callers reach it". */
const reachedFrom: Readonly<Record<LoadBalancerScheme, string>> = {
  public: 'from the internet',
  internal: "from the load balancer's own network",
  pool: 'from where its addresses can be reached',
  tailnet: 'from the machines of the Tailscale network',
};

/** What a load balancer probes to know whether it may send traffic. */
export const healthWords: Readonly<Record<HealthCheck['scope'], string>> = {
  shared: 'one probe for all ports',
  'per-port': 'one probe for each port',
  node: 'the nodes, not the app',
  none: 'none',
  unknown: 'not known',
};

/** The platform, the load balancer, or both, that `--platform` accepts under this name. */
function namedBy(id: string): { platform: Platform | undefined; loadBalancer: LoadBalancer | null | undefined } {
  const platform = allPlatforms.find((each) => each.id === id);
  return { platform, loadBalancer: platform?.loadBalancer ?? addedLoadBalancers.find((each) => each.id === id) };
}

/**
 * Two lists of the names that `--platform` accepts: platforms, and load balancers. Each line has the name and what it
 * is. For a platform, it also says what gives addresses there.
 */
export function platformLists(): string[] {
  const width = Math.max(...platformIds.map((id) => id.length));
  const line = (id: string, words: string) => `  ${id.padEnd(width)}   ${words}`;
  const platforms = platformIds.flatMap((id) => {
    const { platform, loadBalancer } = namedBy(id);
    if (!platform) return [];
    const giver = loadBalancer?.id === id ? 'a load balancer of its own' : loadBalancer?.title;
    return line(id, `${platform.title}: ${giver ?? 'no load balancer of its own'}`);
  });
  const loadBalancers = platformIds.flatMap((id) => {
    const { platform, loadBalancer } = namedBy(id);
    return platform || !loadBalancer ? [] : line(id, loadBalancer.title);
  });
  return [
    ['Platforms, and what gives addresses there:', ...platforms].join('\n'),
    ['Load balancers:', ...loadBalancers].join('\n'),
  ];
}

/** The help of one platform or load balancer; undefined if `--platform` does not accept the name. */
export function platformHelp(id: string): string | undefined {
  const { platform, loadBalancer } = namedBy(id);
  if (!platform && !loadBalancer) return undefined;
  const { setupHint, ingress } = platform ?? {};
  return [
    `${(platform ?? loadBalancer)?.title}.`,
    '',
    ...(loadBalancer ? loadBalancerLines(loadBalancer) : ['It has no load balancer of its own.']),
    ...(setupHint === undefined ? [] : ['', `${setupHint}.`]),
    ...(ingress === undefined ? [] : ['', `${ingress.brings}.`]),
    ...(platformHints[id] ?? []).flatMap((hint) => ['', hint]),
    ...notes([...(platform?.unverified ?? []), ...(loadBalancer?.unverified ?? [])]),
  ].join('\n');
}

function loadBalancerLines(loadBalancer: LoadBalancer): string[] {
  const { title, classes, defaultScheme, internal, limits, alternative, healthCheck } = loadBalancer;
  const inPlace = alternative === undefined ? 'not supported' : `not supported; ${alternative}`;
  const most = limits.map(({ ports, what }) => `${ports} ${what}`).join(', ');
  return [
    `  gives addresses     ${title}`,
    `  reached by default  ${reachedFrom[defaultScheme]}`,
    `  --scheme internal   ${internal ? changeWords(internal) : inPlace}`,
    `  --scheme public     ${loadBalancer.public ? changeWords(loadBalancer.public) : 'not supported'}`,
    `  health check        ${healthWords[healthCheck.scope]}`,
    ...(classes.length > 0 ? [`  loadBalancerClass   ${classes.join(', ')}`] : []),
    ...(most === '' ? [] : [`  ports at most       ${most}`]),
  ];
}

function changeWords({ annotations, loadBalancerClass }: SchemeChange): string {
  const each = Object.entries(annotations).map(([key, value]) => `${key}=${value}`);
  const all = loadBalancerClass ? [...each, `loadBalancerClass ${loadBalancerClass}`] : each;
  return all.length > 0 ? all.join(', ') : 'nothing to write';
}

function notes(unverified: readonly string[]): string[] {
  const lines = [...new Set(unverified)].map((fact) => `not verified: ${fact}`);
  return lines.length > 0 ? ['', ...lines] : [];
}
