import { addedLoadBalancers, allPlatforms } from './all-platforms.ts';
import { platformIds } from './ids.ts';
import type { LoadBalancer, LoadBalancerScheme, Platform, SchemeChange } from './platform.ts';

/** The default of a load balancer, in words that continue "by default, callers reach it". */
const reachedFrom: Readonly<Record<LoadBalancerScheme, string>> = {
  public: 'from the internet',
  internal: "from the load balancer's own network",
  pool: 'as the addresses in its pool allow',
  tailnet: 'from the machines of the Tailscale network',
};

/** The platform, the load balancer, or both, that `--platform` accepts under this name. */
function namedBy(id: string): { platform: Platform | undefined; loadBalancer: LoadBalancer | null | undefined } {
  const platform = allPlatforms.find((each) => each.id === id);
  return { platform, loadBalancer: platform?.loadBalancer ?? addedLoadBalancers.find((each) => each.id === id) };
}

/** One line for each name that `--platform` accepts: the name, what it is, and what gives addresses there. */
export function platformLines(): string[] {
  const width = Math.max(...platformIds.map((id) => id.length));
  return platformIds.map((id) => {
    const { platform, loadBalancer } = namedBy(id);
    const words = platform
      ? `${platform.title}: ${loadBalancer ? loadBalancer.title : 'has no load balancer of its own'}`
      : `${loadBalancer?.title}: a load balancer`;
    return `  ${id.padEnd(width)}   ${words}`;
  });
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
    ...notes([...(platform?.unverified ?? []), ...(loadBalancer?.unverified ?? [])]),
  ].join('\n');
}

function loadBalancerLines(loadBalancer: LoadBalancer): string[] {
  const { title, classes, defaultScheme, internal, limits, alternative } = loadBalancer;
  const most = limits.map(({ ports, what }) => `${ports} ${what}`).join(', ');
  return [
    `  gives addresses     ${title}`,
    `  reached by default  ${reachedFrom[defaultScheme]}`,
    `  --scheme internal   ${internal ? changeWords(internal) : (alternative ?? 'not supported')}`,
    `  --scheme public     ${loadBalancer.public ? changeWords(loadBalancer.public) : 'not supported'}`,
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
