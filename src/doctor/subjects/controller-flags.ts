import type { Pod, PodSpec } from 'kubernetes-types/core/v1';

/**
 * The value of a controller's flag, `--name=value`; undefined if the flag is not set.
 *
 * @param name the name of the flag in lower case; the flag itself may be in any case
 */
export function flagOf(spec: PodSpec | undefined, name: string): string | undefined {
  const found = argumentsOf(spec).find((argument) => argument.toLowerCase().replace(/^--?/, '').startsWith(`${name}=`));
  return found?.slice(found.indexOf('=') + 1);
}

/**
 * Whether a Pod runs Traefik with the nginx provider. This provider reads ingress-nginx's annotations (since Traefik
 * 3.6.2).
 */
export function isNginxProvider({ spec }: Pod): boolean {
  const provider = /^--providers\.kubernetesingressnginx(?:$|=true$|\.)/i;
  return argumentsOf(spec).some((argument) => provider.test(argument));
}

function argumentsOf(spec: PodSpec | undefined): string[] {
  return (spec?.containers ?? []).flatMap(({ args = [] }) => args);
}
