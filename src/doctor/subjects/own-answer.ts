import type { Ingress } from 'kubernetes-types/networking/v1';
import { advice, type Cure, command, cure, part } from '../../errors/cure.ts';
import { ingressControllers } from '../../exposure/controllers/known-controllers.ts';
import { isUnloadedPage, mayBeUnloaded } from '../../exposure/last-applied.ts';
import { ownAuthSecretName } from '../../exposure/ownership.ts';
import { limitsIn, passwordSecretOf } from '../../exposure/plan/access.ts';
import { portArgument } from '../../exposure/port-mapping.ts';
import { allModes } from '../../modes/all-modes.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { headPodOf } from '../../skypilot/sky-cluster.ts';
import { type HttpAnswer, lastHttpOf } from '../../snapshot/probe.ts';
import { listed } from '../../snapshot/text.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import type { Severity } from '../define-check.ts';
import { type CalledPort, portsOf } from './called-ports.ts';
import { settingsBehind } from './controller-settings.ts';
import { controllerLogCure, ofController, watchedNamespaceOf } from './ingress-controller-pods.ts';
import { insideOf } from './inside.ts';
import { whyUntold } from './known-senders.ts';
import { insideCures } from './pod-cures.ts';
import { controllerServiceOf, plainPortCures } from './redirect-loop.ts';

type Scene = Pick<CheckContext, 'view' | 'subject' | 'namespace'>;

/** The report about an answer from a proxy in place of the app. */
export interface Judgement {
  readonly fact: string;
  readonly severity: Severity;
  readonly cures: readonly Cure[];
}

/**
 * Whether a proxy sent this answer to report an error. Redirects are not included: they are judged by the URL that they
 * lead to.
 */
export function isOwnAnswer({ page, status }: HttpAnswer): boolean {
  return page !== null && page !== undefined && status >= 400;
}

/**
 * Whether the call got a 403, and the Ingress only admits some addresses. Dumps of earlier versions do not contain the
 * sender of a 403, so the sender is not checked.
 */
export function isKeptOut({ row, probe }: CalledPort, scene: Scene): boolean {
  const http = lastHttpOf(probe);
  return http?.status === 403 && admittedBy(ingressOf(row, scene)) !== undefined;
}

/**
 * Whether the call got a 500 at a path that requires a login. The doctor calls without a login, so the 500 cannot be
 * from the app. Dumps of earlier versions do not contain the sender of a 500, so the sender is not checked.
 */
export function isFailedAuth({ row, probe }: CalledPort, scene: Scene): boolean {
  return lastHttpOf(probe)?.status === 500 && askedAuthOf(row, scene) !== undefined;
}

/**
 * The URL that ingress-nginx calls to check a login, and the setting with this URL. Undefined if ingress-nginx requires
 * no login for this path.
 */
function askedAuthOf(
  row: CalledPort['row'],
  scene: Scene,
): { readonly url: string; readonly place: string } | undefined {
  if (allModes[row.mode].answeredBy !== 'controller') return undefined;
  const own = ingressOf(row, scene)?.metadata?.annotations?.['nginx.ingress.kubernetes.io/auth-url'];
  if (own !== undefined) return { url: own, place: 'auth-url of its Ingress' };
  const place = globalAuthOf(row, scene);
  return place === undefined ? undefined : { url: globalAuthUrlOf(row, scene) ?? '', place };
}

/**
 * Reports that ingress-nginx could not check the login. To check a login, ingress-nginx calls the auth-url. If the
 * auth-url does not answer 2xx, 401 or 403, nginx answers 500 (ngx_http_auth_request_module). Even with a working
 * auth-url, the call would not reach the app, because the doctor has no login.
 */
export function failedAuth(calls: readonly CalledPort[], { page }: HttpAnswer, scene: Scene): Judgement {
  const { row } = calls[0]!;
  const { url, place } = askedAuthOf(row, scene)!;
  const asks = `the controller asks ${url} for the login first (${place}), and got no usable answer`;
  const isInside = /^[a-z]+:\/\/[^/]*\.svc(?:[.:/]|$)/.test(url);
  const beside = row.managedBy === 'skypilot' && part`--beside-skypilot`;
  const open = command`kubectl skyports expose ${operandOf(row)} ${portArgument(row)} -n ${row.namespace} --mode ingress ${beside}`;
  return {
    fact: `${page ? `${page} itself` : 'the controller'} answers a call of ${whoOf(calls)} with 500, and the app was not asked: ${asks}`,
    severity: 'error',
    cures: [
      controllerLogCure(scene, page, 'shows what it answered: "auth request unexpected status"'),
      ...(isInside
        ? []
        : [
            advice(
              'give auth-url the name inside of the cluster, as http://SERVICE.NAMESPACE.svc.cluster.local:PORT/oauth2/auth: Pods of the controller may not reach its public name, for instance through a load balancer with the PROXY protocol',
            ),
          ]),
      ...(place.startsWith('auth-url') ? [cure(open, 'opens a path without the login')] : withoutLogin(row)),
    ],
  };
}

function globalAuthUrlOf(row: CalledPort['row'], scene: Scene): string | undefined {
  const service = controllerServiceOf(row, scene);
  return service && settingsBehind(service, scene.view.snapshot)?.settings?.['global-auth-url'];
}

/** The called URL and its ports: `http://203.0.113.10/path (port 8888)`. */
export function whoOf(calls: readonly CalledPort[]): string {
  const { row, probe } = calls[0]!;
  const { followed } = probe;
  return `${row.url} (${portsOf(calls)}${followed ? `, redirected to https` : ''})`;
}

export function wantsTls(calls: readonly CalledPort[], { page }: HttpAnswer, scene: Scene): Judgement {
  const call = calls[0]!;
  const { row, probe } = call;
  const isController = allModes[row.mode].answeredBy === 'controller';
  const untold = whyUntold(lastHttpOf(probe)!, row, scene.view);
  const of = untold === undefined ? 'the app' : 'the app or its controller';
  const by = page ? `${page} itself` : isController ? of : 'what listens there';
  const said = `${by} answers a call of ${whoOf(calls)} with 400`;
  if (untold !== undefined) {
    const fact = `${said}: plain HTTP arrived at a port that speaks TLS; ${untold}`;
    return { fact, severity: 'error', cures: insideCures(scene.view, row) };
  }
  if (isController && !page) {
    const beside = row.managedBy === 'skypilot' && part`--beside-skypilot`;
    const tls = part`--mode ingress --annotation nginx.ingress.kubernetes.io/backend-protocol=HTTPS ${beside}`;
    const open = command`kubectl skyports expose ${operandOf(row)} ${portArgument(row)} -n ${row.namespace} ${tls}`;
    const fact = `${said}: it speaks TLS, and the controller calls it by plain HTTP`;
    return { fact, severity: 'error', cures: [cure(open, 'makes ingress-nginx call it by TLS')] };
  }
  if (probe.scheme === 'http' && !probe.followed) {
    const secure = (row.url ?? '').replace(/^http:/, 'https:');
    const fact = `${said}: port ${probe.port} speaks TLS, and plain HTTP arrived there`;
    return { fact, severity: 'error', cures: [cure(command`curl -k ${secure}`, 'calls it by TLS')] };
  }
  return {
    fact: `${said}: TLS ends before it, and plain HTTP arrives at its port for TLS`,
    severity: 'error',
    cures: plainPortCures(call, scene),
  };
}

const whyOwn: Readonly<Record<number, string>> = {
  400: 'to it the call is malformed',
  401: 'it asks for authentication, so it is not known whether the app answers',
  403: 'it refuses this caller, so it is not known whether the app answers',
  404: 'none of its rules matches the call',
  413: 'the request is larger than it accepts',
  500: 'it failed before it passed the call on',
  502: 'it did not reach the app',
  503: 'no backend of the rule is ready',
  504: 'the app did not answer it in time',
};

export function ownAnswer(calls: readonly CalledPort[], { status, page }: HttpAnswer, scene: Scene): Judgement {
  const call = calls[0]!;
  const { row } = call;
  const fact = `${page} itself answers a call of ${whoOf(calls)} with ${status}: ${whyOwn[status] ?? 'it did not pass the call on'}`;
  if (isUnloadedPage(status) && mayBeUnloaded(row, scene.view.snapshot)) {
    return { fact: `${fact}, and it may not have loaded the rule yet`, severity: 'info', cures: [waitCure(call)] };
  }
  const protocol = backendProtocolOf(ingressOf(row, scene));
  if (status === 502 && protocol) {
    const { severity, cures } = ownCures(call, status, page, scene);
    return { fact: `${fact}, with which it speaks ${protocol} (backend-protocol of its Ingress)`, severity, cures };
  }
  const asks = status === 401 ? globalAuthOf(row, scene) : undefined;
  if (asks) {
    const { cures } = ownCures(call, status, page, scene);
    return {
      fact: `${fact}; ${asks} requires a login for every Ingress`,
      severity: 'info',
      cures: [...cures, ...withoutLogin(row)],
    };
  }
  const between = status === 502 || status === 504 ? betweenNodes(row, page, scene) : undefined;
  if (between) {
    const { severity, cures } = ownCures(call, status, page, scene);
    return { fact: `${fact}; ${between.fact}`, severity, cures: [...between.cures, ...cures] };
  }
  const isRefused = status === (page === 'Traefik' ? 404 : 503);
  const asksFor = isRefused ? missingPasswords(row, scene) : undefined;
  if (asksFor) {
    const { severity, cures } = ownCures(call, status, page, scene);
    return { fact: `${fact}, ${asksFor.fact}`, severity, cures: [...asksFor.cures, ...cures] };
  }
  const watched = status === 404 ? namespaceLeftOut(scene, row.namespace) : undefined;
  const { severity, cures } = ownCures(call, status, page, scene);
  return { fact: watched ? `${fact}: it only watches namespace ${watched}` : fact, severity, cures };
}

export function keptOut(calls: readonly CalledPort[], { page }: HttpAnswer, scene: Scene): Judgement {
  const call = calls[0]!;
  const admitted = admittedBy(ingressOf(call.row, scene));
  const by = page ? `${page} itself` : 'the controller';
  const service = controllerServiceOf(call.row, scene);
  const hidesCallers = service?.spec?.type === 'LoadBalancer' && service.spec.externalTrafficPolicy !== 'Local';
  const patch = JSON.stringify({ spec: { externalTrafficPolicy: 'Local' } });
  const { name = '', namespace = '' } = service?.metadata ?? {};
  const shows = command`kubectl patch service ${name} -n ${namespace} -p ${patch}`;
  return {
    fact: `${by} answers a call of ${whoOf(calls)} with 403: its Ingress only admits ${admitted} (whitelist-source-range)${hidesCallers ? ', and externalTrafficPolicy Cluster may hide the addresses of callers' : ''}`,
    severity: 'error',
    cures: [
      advice('call it from one of these addresses, or add the address of this machine to them'),
      ...(hidesCallers
        ? [cure(shows, "lets the controller see the callers' addresses; then only nodes with a Pod of it answer")]
        : []),
    ],
  };
}

/**
 * The setting that makes ingress-nginx require a login for all Ingresses. An annotation can turn the login off for one
 * Ingress. Undefined if the setting does not apply to this row.
 */
export function globalAuthOf(row: CalledPort['row'], scene: Scene): string | undefined {
  const annotations = ingressOf(row, scene)?.metadata?.annotations ?? {};
  const service = controllerServiceOf(row, scene);
  const settings = service && settingsBehind(service, scene.view.snapshot);
  if (!settings?.settings?.['global-auth-url'] || annotations[globalAuth] === 'false') return undefined;
  const { namespace, name } = settings.configMap;
  return `global-auth-url in ConfigMap ${namespace}/${name}`;
}

/**
 * The annotation that turns global-auth-url off for an Ingress (docs/user-guide/nginx-configuration/annotations.md).
 */
const globalAuth = 'nginx.ingress.kubernetes.io/enable-global-auth';

/** Cures that open a port without the login of global-auth-url. */
export function withoutLogin(row: CalledPort['row']): Cure[] {
  const beside = row.managedBy === 'skypilot' && part`--beside-skypilot`;
  const open = part`--mode ingress --annotation ${`${globalAuth}=false`} ${beside}`;
  const expose = command`kubectl skyports expose ${operandOf(row)} ${portArgument(row)} -n ${row.namespace} ${open}`;
  return [cure(expose, 'opens a path without the login, which anyone may call')];
}

/**
 * Reports that the network between nodes may drop packets. This is likely if the app listens inside of its Pod, and the
 * controller runs on another node. Undefined otherwise.
 */
function betweenNodes(
  row: CalledPort['row'],
  page: string | null,
  { view }: Scene,
): { readonly fact: string; readonly cures: readonly Cure[] } | undefined {
  if (!insideOf(view, row).listens) return undefined;
  const cluster = view.skyClusterNamed(row.namespace, row.nameOnCloud);
  const head = cluster && headPodOf(cluster)?.spec?.nodeName;
  const product = ingressControllers.find((each) => each.product === page);
  const pods = itemsOf(view.snapshot.topics.controllerPods);
  const own = (product ? ofController(pods, product) : pods).flatMap(({ spec }) => spec?.nodeName ?? []);
  if (!head || own.length === 0 || own.includes(head)) return undefined;
  return {
    fact: `the app listens in its Pod on node ${head}, and the controller runs on node ${listed([...new Set(own)].slice(0, 3))}: the network between the nodes may drop packets of Pods`,
    cures: [
      advice(
        'let the nodes reach each other in every firewall and security group: the port of the Pod network (UDP 8472 for VXLAN of K3s, RKE2 and Flannel; UDP 4789 or IP in IP for Calico), and the ranges of Pods and Services in ufw or firewalld',
      ),
    ],
  };
}

/**
 * Reports that the Secret with the passwords of an Ingress may not exist, or may contain no passwords. At each path of the
 * Ingress, ingress-nginx then answers 503 (internal/ingress/annotations/auth), and Traefik 404. Secrets are not read.
 * Undefined if the Ingress asks for no password, or if the app is not ready.
 */
function missingPasswords(
  row: CalledPort['row'],
  scene: Scene,
): { readonly fact: string; readonly cures: readonly Cure[] } | undefined {
  const ingress = ingressOf(row, scene);
  const secret = passwordSecretOf(limitsIn(ingress?.metadata?.annotations));
  if (secret === undefined || row.state !== 'Ready') return undefined;
  const place = secret.includes('/') ? secret : `${row.namespace}/${secret}`;
  const again = command`kubectl skyports expose ${operandOf(row)} ${portArgument(row)} -n ${row.namespace} --mode ${row.mode} --auth basic`;
  const isOwn = secret === ownAuthSecretName(row.nameOnCloud);
  const [namespace, name] = place.split('/');
  return {
    fact: `or Secret ${place} with the passwords does not exist or contains none`,
    cures: isOwn
      ? [
          cure(again, 'makes the Secret with a new password if it does not exist'),
          advice('add --auth-password-stdin to this command if the Secret exists without a password'),
        ]
      : [cure(command`kubectl get secret ${name ?? ''} -n ${namespace ?? ''}`, 'shows whether the Secret exists')],
  };
}

function waitCure({ row }: CalledPort): Cure {
  const waiting = command`kubectl skyports doctor ${operandOf(row)} ${row.port} -n ${row.namespace} --wait`;
  return cure(waiting, 'waits: the controller takes a moment after a change');
}

/** The namespaces that the controller watches. Undefined if the namespace of the Ingress is one of them. */
function namespaceLeftOut({ view }: Pick<CheckContext, 'view'>, namespace: string): string | undefined {
  const watched = itemsOf(view.snapshot.topics.controllerPods).flatMap((pod) => watchedNamespaceOf(pod) ?? []);
  return watched.length > 0 && !watched.includes(namespace) ? listed(watched) : undefined;
}

function ownCures(
  call: CalledPort,
  status: number,
  page: string | null,
  scene: Scene,
): Pick<Judgement, 'severity' | 'cures'> {
  const { row } = call;
  const log = (note: string) => controllerLogCure(scene, page, note);
  const ingress = ingressOf(row, scene);
  const severity = 'error';
  switch (status) {
    case 401:
      return {
        severity: hasAnnotation(ingress, /\/auth-(?:type|url|secret)$/) ? 'info' : 'warning',
        cures: [
          cure(command`curl -u USER ${row.url ?? ''}`, 'calls it with a password; USER is a user who may log in'),
        ],
      };
    case 403:
      return { severity: 'warning', cures: [log('shows why it refuses the call')] };
    case 404: {
      // Two other places have already compared the flags of the controller's Pods: namespaceLeftOut and the check
      // ingress-served.
      const isSeen = itemsOf(scene.view.snapshot.topics.controllerPods).length > 0;
      const rest = isSeen ? '' : "; its --watch-namespace must name the Ingress's namespace or be absent";
      return { severity, cures: [log(`shows why it leaves the Ingress out${rest}`)] };
    }
    case 413: {
      const beside = row.managedBy === 'skypilot' && part`--beside-skypilot`;
      const more = part`--annotation nginx.ingress.kubernetes.io/proxy-body-size=0 ${beside}`;
      const open = command`kubectl skyports expose ${operandOf(row)} ${portArgument(row)} -n ${row.namespace} --mode ingress ${more}`;
      return { severity, cures: [cure(open, 'opens a path that accepts any size')] };
    }
    case 503:
      return {
        severity,
        cures: [log('shows which backend is missing; it may take a moment after a change'), waitCure(call)],
      };
    case 502:
    case 504:
      return { severity, cures: cameThrough(row, scene, log('shows why it did not reach the app')) };
    default:
      return { severity, cures: [log('shows why it refuses the call')] };
  }
}

/**
 * Cures for a controller that got no answer from the app. The first cure is a probe from inside the Pod. If the
 * snapshot already contains this probe, the controller's log comes first.
 */
function cameThrough(row: CalledPort['row'], { view }: Scene, log: Cure): readonly Cure[] {
  const inside = insideCures(view, row);
  return inside[0]?.command?.includes('--probe=pod') ? inside : [log, ...inside];
}

/**
 * The addresses that an Ingress admits; undefined if the Ingress admits every address (ingress-nginx,
 * docs/user-guide/nginx-configuration/annotations.md).
 */
function admittedBy(ingress: Ingress | undefined): string | undefined {
  const annotations = Object.entries(ingress?.metadata?.annotations ?? {});
  return annotations.find(([key]) => /\/(?:whitelist|allowlist)-source-range$/.test(key))?.[1];
}

/** The protocol that an Ingress sets for its app; undefined for HTTP. */
function backendProtocolOf(ingress: Ingress | undefined): string | undefined {
  const named = ingress?.metadata?.annotations?.['nginx.ingress.kubernetes.io/backend-protocol'];
  return named === undefined || named.toUpperCase() === 'HTTP' ? undefined : named;
}

export function ingressOf({ source }: CalledPort['row'], { view }: Scene): Ingress | undefined {
  const [first] = source;
  if (first?.kind !== 'Ingress') return undefined;
  return itemsOf(view.snapshot.topics.ingresses).find(
    ({ metadata }) => metadata?.name === first.name && metadata?.namespace === first.namespace,
  );
}

export function hasAnnotation(ingress: Ingress | undefined, key: RegExp): boolean {
  return Object.keys(ingress?.metadata?.annotations ?? {}).some((each) => key.test(each));
}
