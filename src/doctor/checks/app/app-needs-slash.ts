import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import { ingressNginxController } from '../../../exposure/controllers/known-controllers.ts';
import { onlyRedirects, ownIngressesOf } from '../../../modes/ingress/own-ingresses.ts';
import { backendsOfIngress, literalPathOf } from '../../../modes/ingress/paths.ts';
import type { HttpAnswer, LinkOutside } from '../../../snapshot/probe.ts';
import { listed, withoutFinalSlash } from '../../../snapshot/text.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import {
  type AppCall,
  appCalls,
  exposeIngress,
  neededOf,
  ownPlaceOf,
  redirectOutside,
  worksAt,
} from '../../subjects/app-calls.ts';
import { calledTopics, groupedCalls, notCalled, portsOf, servicePortsOf } from '../../subjects/called-ports.ts';
import { inFrontOf } from '../../subjects/known-senders.ts';

type Scene = Pick<CheckContext, 'view' | 'subject'>;

export const appNeedsSlash = defineCheck({
  id: 'app-needs-slash',
  group: 'app',
  onPath: true,
  title: 'the URL without its final slash also leads to a page that works',
  severity: 'warning',
  needs: ['services'],
  wants: [...calledTopics, 'controllerPods'],
  isCall: true,
  after: ['network-policy-allows', 'dns-resolves', 'tcp-connects', 'http-answers'],
  docs: () => ({
    means:
      'The Ingress removes the path prefix, and the app works at the URL with a final slash. Without this slash, the relative links or redirects of the app lead out of the prefix, and nothing redirects callers to the slash. It is a warning for the Ingress of SkyPilot, since `sky status --endpoints` prints the URL without the slash. It is info for other Ingresses, whose URLs `endpoints` prints with the slash, and if another URL of the port works.',
    matters: 'A browser resolves `index.js` against the parent of the last path segment, so the page stays empty.',
    fix: "Add the slash to the URL. On ingress-nginx and on Traefik's nginx provider, an Ingress of this plugin redirects callers to the slash.",
    commands: [
      cure(
        command`kubectl skyports expose NAME PORT --mode ingress`,
        'opens a path that redirects callers to its slash',
      ),
    ],
    sources: [
      'RFC 3986, 5.2.3: relative references replace the last segment of the path',
      'SkyPilot sky/provision/kubernetes/network.py: the URL of an Ingress path has no final slash',
      'https://github.com/streamlit/streamlit/issues/1139',
      'https://github.com/traefik/traefik/issues/563',
    ],
  }),
  notApplicable: (scene) =>
    notCalled(scene) ?? (calledWithout(scene).length === 0 ? 'no page was called without its final slash' : undefined),
  needsHere: () => ['probes'],
  find: (scene): RankedFinding[] => {
    const faulty = calledWithout(scene).flatMap((call) => {
      const fault = faultOf(call);
      return fault === undefined ? [] : [{ ...call, fault }];
    });
    return groupedCalls(faulty, ({ row }) => row.url ?? '').map((group) => {
      const call = group[0] as (typeof faulty)[number];
      const { row, probe, fault } = call;
      const url = withoutFinalSlash(row.url!);
      const elsewhere = worksAt(call, appCalls(scene));
      const isPrinted = row.skyPilot.prints === url;
      const printed = isPrinted ? ', and SkyPilot prints this URL' : '';
      return {
        about: [clusterKey(row)],
        servicePorts: servicePortsOf(group),
        objects: row.source,
        evidence: row.source.slice(0, 1).map((reference) => fieldOf(reference, `GET ${url}`, probe.slashless)),
        fact: `${url} (${portsOf(group)}) needs a final slash: without it, ${fault}${printed}`,
        severity: row.managedBy === 'skypilot' && elsewhere === undefined ? 'warning' : 'info',
        cures: elsewhere === undefined ? curesOf(call, scene) : [advice(`use ${elsewhere}, which works`)],
      };
    });
  },
  ...rankedFindings,
});

interface SlashlessCall extends AppCall {
  readonly slashless: HttpAnswer;
}

/** The calls below a removed prefix that were made twice: with the final slash of the prefix, and without it. */
function calledWithout(scene: Scene): SlashlessCall[] {
  return appCalls(scene).flatMap((call) => {
    const { slashless } = call.probe;
    if (call.rewrite !== 'strip' || slashless?.outcome !== 'answered' || slashless.page) return [];
    return [{ ...call, slashless }];
  });
}

/**
 * Describes the fault without the slash, as the end of a sentence. Undefined if the app works without the slash, or has
 * the same fault with it.
 */
function faultOf({ shown, slashless, prefix, row, probe }: SlashlessCall): string | undefined {
  if (redirectOutside({ row, probe })) return undefined;
  const { location } = slashless;
  if (location) {
    if (!URL.canParse(location)) return undefined;
    const to = new URL(location);
    const isOutside = to.host === new URL(row.url!).host && !`${to.pathname}/`.startsWith(`${prefix}/`);
    return isOutside ? `the app redirects outside its path, to ${to.pathname}` : undefined;
  }
  const links = newlyOutside(shown, slashless);
  if (links.length === 0) return undefined;
  const needed = neededOf(links);
  const paths = listed((needed.length > 0 ? needed : links).map(({ path }) => path));
  return `its page ${needed.length > 0 ? 'loads' : 'links to'} ${paths}, outside its path`;
}

/** The links that leave the prefix if the slash is missing, but stay below it otherwise. */
function newlyOutside(http: HttpAnswer, slashless: HttpAnswer): LinkOutside[] {
  const known = new Set((http.outside ?? []).map(({ path }) => path));
  return (slashless.outside ?? []).filter(({ path }) => !known.has(path));
}

/**
 * The cures. A redirect to the URL with the slash is suggested only for ingress-nginx, and only if the snapshot does
 * not contain such a redirect yet.
 */
function curesOf(call: SlashlessCall, scene: Scene): readonly Cure[] {
  const { row, prefix } = call;
  const withSlash = advice(`open ${row.url}, with the slash at its end`);
  const isNginx = inFrontOf(row, scene.view)?.controller === ingressNginxController;
  const isOwn = row.managedBy === 'kubectl-skyports';
  if (!isNginx || (isOwn ? isRedirected(row, prefix, scene) : ownPlaceOf(call, scene) !== undefined))
    return [withSlash];
  const what = isOwn ? 'redirects callers to the slash' : 'opens a path that redirects callers to its slash';
  return [withSlash, cure(exposeIngress(row), what)];
}

/** Whether an Ingress of this plugin redirects the prefix to the same URL with a final slash: `/train` to `/train/`. */
function isRedirected(row: AppCall['row'], prefix: string, { view }: Scene): boolean {
  const paths = ownIngressesOf(view, row)
    .filter(onlyRedirects)
    .flatMap(backendsOfIngress)
    .map(({ path }) => literalPathOf(path));
  return paths.includes(prefix);
}
