import { issuerAnnotations } from '../exposure/certificates/cert-manager.ts';
import { controllerNamed } from '../exposure/controllers/ingress-controllers.ts';
import { signpostAnnotation } from '../exposure/controllers/signpost.ts';
import { hostnameAnnotation } from '../exposure/external-addresses.ts';
import { skyClusterAnnotation } from '../exposure/ownership.ts';
import { sourceRangeAnnotations } from '../exposure/source-ranges.ts';
import { keysOf } from '../platforms/annotation-key.ts';
import { backendStatesIn, backendsAnnotation } from '../platforms/gke-backends.ts';
import { metallb } from '../platforms/load-balancers/metallb.ts';
import { proxyProtocolPart } from '../platforms/proxy-protocol.ts';
import { displayNameAnnotation, externalIpAnnotation, managedJobAnnotation } from '../skypilot/names.ts';
import { isRecord } from '../snapshot/shape.ts';
import { redactName, redactText } from './redact-text.ts';
import type { Tokens } from './tokens.ts';

/**
 * Keeps who wrote an object and when, because checks read these fields. The rest of an entry contains addresses, so it
 * is removed.
 */
export function redactedManagers(entries: unknown, tokens: Tokens): unknown {
  if (!Array.isArray(entries)) return undefined;
  return entries.filter(isRecord).map(({ manager, operation, time, subresource }) => ({
    ...(typeof manager === 'string' && { manager: redactName(manager, tokens) }),
    ...{ operation, time, subresource },
  }));
}

/** Keeps the ports of a PeerAuthentication with their modes. */
export function redactedPortModes(ports: unknown): unknown {
  if (!isRecord(ports)) return undefined;
  const modes = Object.entries(ports).flatMap(([port, level]) =>
    /^\d{1,5}$/.test(port) && isRecord(level) && /^[A-Z]+$/.test(String(level.mode))
      ? [[port, { mode: level.mode }]]
      : [],
  );
  return Object.fromEntries(modes);
}

/**
 * Redacts the registry in the name of an image, because it is a host name. Checks read the repository and the tag, so
 * these stay.
 */
export function redactedImage(image: string, tokens: Tokens): string {
  const [first, ...path] = image.split('/');
  const isRegistry = path.length > 0 && /[.:]/.test(first!);
  return isRegistry ? [tokens.host(first!), ...path].join('/') : image;
}

/** Keeps only the flags of a controller, because checks read them. The other arguments may be confidential. */
export function redactedFlags(args: unknown, tokens: Tokens): unknown {
  if (!Array.isArray(args)) return undefined;
  const flags = args.filter((arg) => typeof arg === 'string' && /^--?[a-z]/i.test(arg));
  // Do not redact the name of a known controller: it contains no domain of the user's company.
  return flags.map((arg) => (controllerNamed(arg.slice(arg.indexOf('=') + 1)) ? arg : redactText(arg, tokens)));
}

/**
 * Redacts the name in a certificate. Names that controllers generate stay, because checks recognize such certificates
 * by these names.
 */
export function redactedDistinguishedName(text: string, tokens: Tokens): string {
  if (
    text === '' ||
    /^[^=]*CN ?= ?(?:Kubernetes Ingress Controller Fake Certificate|TRAEFIK DEFAULT CERT)$/i.test(text)
  )
    return text;
  const [, common] = /CN ?= ?([^,\n]+)/.exec(text) ?? [];
  return `CN=${common?.includes('.') ? tokens.host(common) : tokens.value(text)}`;
}

/** Redacts the values of labels. Equal values get the same token, so that selectors still match. */
export function redactedLabels(labels: Record<string, unknown>, tokens: Tokens): Record<string, unknown> {
  const each = Object.entries(labels).map(([key, value]) => {
    if (typeof value !== 'string') return [key, value] as const;
    if (key === 'skypilot-user') return [key, tokens.user(value)] as const;
    return [key, redactName(redactText(value, tokens), tokens)] as const;
  });
  return Object.fromEntries(each);
}

/**
 * Annotations whose values checks read. In `judgedNames`, the value is redacted as a name, and in `judgedTexts` as a
 * text.
 */
const judgedNames = new Set([
  displayNameAnnotation,
  skyClusterAnnotation,
  managedJobAnnotation,
  ...keysOf(metallb, 'metallb.io/address-pool'),
  ...keysOf(metallb, 'metallb.io/ip-allocated-from-pool'),
  'kubernetes.io/ingress.class',
  ...Object.values(issuerAnnotations),
  'kube-vip.io/vipHost',
]);
const judgedTexts = new Set([
  ...[hostnameAnnotation, externalIpAnnotation, signpostAnnotation, 'skyports/ignore'],
  ...sourceRangeAnnotations,
  'kube-vip.io/loadbalancerIPs',
]);
const judgedAsIs =
  /^(?:nginx\.ingress\.kubernetes\.io\/(?:use-regex|rewrite-target|canary|ssl-redirect|force-ssl-redirect|backend-protocol)|(?:traffic\.sidecar\.istio\.io\/(?:exclude|include)InboundPorts|config\.linkerd\.io\/skip-inbound-ports|traffic\.kuma\.io\/exclude-inbound-ports|consul\.hashicorp\.com\/transparent-proxy-exclude-inbound-ports|sidecar\.istio\.io\/inject|ambient\.istio\.io\/redirection|linkerd\.io\/inject)|ingressclass\.kubernetes\.io\/is-default-class)$/;
/** Values that identify no person and no network. */
const plainWords =
  /^(?:|\*|v[12]|on|off|none|true|false|yes|no|internal|external|internet-facing|public|private|nlb|nlb-ip|ip|instance|traffic-port|tcp|http|https|\d{1,5}[bkmg]?|\d{3}(?:[,-]\d{3})+|\/(?:healthz)?)$/i;

/** Redacts annotations. These stay: the keys, the values that checks read, and plain words such as `true`. */
export function redactedAnnotations(annotations: unknown, tokens: Tokens): unknown {
  if (!isRecord(annotations)) return undefined;
  const each = Object.entries(annotations).map(([key, value]) => {
    const text = String(value);
    if (judgedAsIs.test(key) || plainWords.test(text)) return [key, text] as const;
    const proxyProtocol = proxyProtocolPart(key, text);
    if (proxyProtocol !== undefined) return [key, proxyProtocol] as const;
    if (judgedNames.has(key)) return [key, redactName(text, tokens)] as const;
    if (judgedTexts.has(key)) return [key, redactText(text, tokens)] as const;
    if (key === backendsAnnotation) return [key, redactedStates(text)] as const;
    if (key === 'skypilot-user') return [key, tokens.user(text)] as const;
    return [key, tokens.value(text)] as const;
  });
  return Object.fromEntries(each);
}

/** Keeps the health state of each backend, and replaces the name of the backend. */
function redactedStates(text: string): string {
  const states = backendStatesIn(text).map(([, state], index) => [`backend-${index + 1}`, state] as const);
  return JSON.stringify(Object.fromEntries(states));
}
