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

/** Entry points of Traefik that no load balancer leads to: its API, its health check and its metrics. */
const innerEntryPoints: readonly (string | undefined)[] = ['traefik', 'metrics'];

/**
 * Whether Traefik reads a PROXY protocol header on its entry points. Traefik reads the header of trusted callers and
 * skips the header of others, so one flag of an entry point is enough, and a connection without the header is
 * accepted, too. Undefined if the flags do not tell: the entry points differ, or a file or variables configure Traefik.
 * Source: traefik/traefik pkg/server/server_entrypoint_tcp.go, buildProxyProtocolListener.
 */
export function readsProxyHeaders({ spec }: Pod): boolean | undefined {
  const flags = argumentsOf(spec).flatMap((argument) => {
    const [, name, field] =
      /^--entrypoints\.([^.=]+)\.(address|proxyprotocol(?:\.(?:trustedips|insecure))?)(?:=|$)/i.exec(argument) ?? [];
    return name && field && !/=false$/i.test(argument)
      ? [{ name: name.toLowerCase(), field: field.toLowerCase() }]
      : [];
  });
  const names = (wanted: (field: string) => boolean) =>
    new Set(flags.filter(({ field }) => wanted(field)).map(({ name }) => name)).difference(new Set(innerEntryPoints));
  const opened = names((field) => field === 'address');
  const reading = names((field) => field !== 'address' && field !== 'proxyprotocol');
  if (opened.size === 0 || (reading.size > 0 && !opened.isSubsetOf(reading))) return undefined;
  return reading.size > 0;
}

function argumentsOf(spec: PodSpec | undefined): string[] {
  return (spec?.containers ?? []).flatMap(({ args = [] }) => args);
}
