import { usualAppOf } from '../../../apps/all-apps.ts';
import { type AppPlace, startCommandOf } from '../../../apps/start-command.ts';
import { advice, type CommandPart, type Cure, command, cure, part } from '../../../errors/cure.ts';
import type { PathShape } from '../../../modes/ingress/paths.ts';
import { usualPrefix } from '../../../modes/ingress/routes.ts';
import { listed, withoutFinalSlash } from '../../../snapshot/text.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck, type RankedFinding, rankedFindings } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import {
  type AppCall,
  appCalls,
  appPlaceOf,
  exposeIngress,
  neededOf,
  ownHostCure,
  ownPlaceOf,
  redirectOutside,
  whereOf,
  worksAt,
} from '../../subjects/app-calls.ts';
import { calledTopics, groupedCalls, notCalled, portsOf, servicePortsOf } from '../../subjects/called-ports.ts';

type Scene = Pick<CheckContext, 'view' | 'subject'>;

export const appServedUnderPrefix = defineCheck({
  id: 'app-served-under-prefix',
  group: 'app',
  onPath: true,
  title: 'the redirects and the page of the app stay below its path',
  severity: 'warning',
  needs: ['services'],
  wants: [...calledTopics, 'controllerPods'],
  isCall: true,
  after: ['network-policy-allows', 'dns-resolves', 'tcp-connects', 'http-answers'],
  docs: () => ({
    means:
      'The port has a path prefix, such as `/skypilot/default/train-2ea485ef/8888`, and the app does not know it. The app redirects to a path outside the prefix, or its page loads scripts, style sheets or frames from there, or a recognized app answers 404. At most 256 KiB of an HTML page are read, and only paths are kept. Links that a script adds are not seen. It is only info if nothing but ordinary links, images and icons lead outside, if the app redirects to a page that also works below the prefix, or if another URL of the port works.',
    matters:
      'The address and the Ingress are right, but a browser shows an empty or broken page, because another path of the host gets its requests.',
    fix: "If the app is known, `expose --app` chooses whether the prefix stays in the path, and prints the command that starts the app for it. An unknown app needs a host of its own (`--host`), or `--rewrite keep` and the app's option for a base URL. SkyPilot's own Ingress always removes the prefix, so an option for a base URL alone does not help there.",
    commands: [
      cure(command`kubectl skyports expose NAME PORT --mode ingress --app APP`, 'serves the app as it needs it'),
      cure(
        command`kubectl skyports expose NAME PORT --mode ingress --host ${'{port}-{cluster}.example.com'}`,
        'gives the port a host of its own',
      ),
    ],
    sources: [
      'SkyPilot sky/templates/kubernetes-ingress.yml.j2: rewrite-target /$2',
      'HTML Living Standard: the base element, attributes of the type URL',
      'src/apps: the sources of each app',
    ],
  }),
  notApplicable: (scene) =>
    notCalled(scene) ??
    (appCalls(scene).every(({ prefix }) => prefix === '') ? 'no app answers below a path prefix' : undefined),
  needsHere: () => ['probes'],
  find: (scene): RankedFinding[] => {
    const calls = appCalls(scene);
    const faulty = calls.flatMap((call) => {
      const fault = faultOf(call, scene);
      return fault ? [{ ...call, fault }] : [];
    });
    return groupedCalls(faulty, ({ row }) => row.url ?? '').map((group) => {
      const call = group[0] as AppCall & { readonly fault: Fault };
      const { row, fault, http } = call;
      const elsewhere = worksAt(call, calls);
      return {
        about: [clusterKey(row)],
        servicePorts: servicePortsOf(group),
        objects: row.source,
        evidence: row.source.slice(0, 1).map((reference) => fieldOf(reference, `GET ${row.url}`, http)),
        fact: fault.fact,
        severity: elsewhere === undefined ? fault.severity : 'info',
        cures: elsewhere === undefined ? fault.cures : [advice(`use ${elsewhere}, which works`)],
      };
    });
  },
  ...rankedFindings,
});

type Fault = Pick<RankedFinding, 'fact' | 'severity' | 'cures'>;

function faultOf(call: AppCall, scene: Scene): Fault | undefined {
  if (call.prefix === '') return undefined;
  return wrongRedirect(call, scene) ?? wrongBase(call, scene) ?? wrongLinks(call, scene);
}

/** Judges a redirect to a path outside of the prefix. */
function wrongRedirect(call: AppCall, scene: Scene): Fault | undefined {
  const redirect = redirectOutside(call);
  if (!redirect) return undefined;
  const { app, row } = call;
  const fact = `${app?.title ?? 'the app'} ${redirect.text} (${redirect.answer.status} of ${row.url}, ${portsOf([call])})${whyOf(call)}`;
  // Dask always redirects its root to /status. The page /status also works below the prefix.
  if (app?.opens !== undefined && new URL(redirect.location).pathname === `/${app.opens}`) {
    const page = `${withoutFinalSlash(row.url!)}/${app.opens}`;
    return { fact, severity: 'info', cures: [advice(`open ${page}, which works below the prefix`)] };
  }
  return { fact, severity: 'warning', cures: curesOf(call, scene) };
}

/**
 * Judges the 404 of an app with a base URL. The app was started without a base URL, or its base URL is not its path.
 */
function wrongBase(call: AppCall, scene: Scene): Fault | undefined {
  const { app, http, rewrite, prefix } = call;
  if (http.status !== 404 || app?.start.keep === undefined) return undefined;
  const why =
    rewrite === 'strip'
      ? `its Ingress removes ${prefix} from the path, and ${app.title} seems to be started with a base URL, which it then misses`
      : `${app.title} gets the path with ${prefix}, and does not seem to be started with it as its base URL`;
  return {
    fact: `${app.title} answers 404 at ${whereOf(call)}: ${why}`,
    severity: 'warning',
    cures: curesOf(call, scene),
  };
}

/** Judges links to paths outside of the prefix. */
function wrongLinks(call: AppCall, scene: Scene): Fault | undefined {
  const { shown, app } = call;
  const { outside = [] } = shown;
  if (outside.length === 0) return undefined;
  const needed = neededOf(outside);
  const paths = listed((needed.length > 0 ? needed : outside).map(({ path }) => path));
  const page = `the page${app ? ` of ${app.title}` : ''} at ${whereOf(call)}`;
  return needed.length > 0
    ? {
        fact: `${page} loads ${paths} from outside its path${whyOf(call)}`,
        severity: 'warning',
        cures: curesOf(call, scene),
      }
    : {
        fact: `${page} has links that lead outside its path, to ${paths}`,
        severity: 'info',
        cures: curesOf(call, scene),
      };
}

function whyOf({ rewrite, prefix }: AppCall): string {
  return rewrite === 'strip'
    ? `: the Ingress removes ${prefix} from the path, and the app does not know this prefix`
    : `: the app does not know its prefix ${prefix}`;
}

/**
 * The cures for an app that does not know its prefix. A cure is left out if the snapshot already contains its result.
 */
function curesOf(call: AppCall, scene: Scene): readonly Cure[] {
  const { app, row } = call;
  if (!app) return curesOfUnknownApp(call, scene);
  const { title, belowPrefix } = app;
  const toHost = ownHostCure(row, `gives the port a host of its own, since ${title} does not work below this prefix`);
  if (belowPrefix === 'host-only') return [toHost];
  const own = ownPlaceOf(call, scene);
  const startWith = (place: PathShape) =>
    `start ${title} with: ${startCommandOf(app, { ...appPlaceOf(call, scene), ...place })}`;
  const newPath = (rewrite: PathShape['rewrite'], flags: CommandPart): Cure => {
    const what = rewrite === 'keep' ? 'keeps the prefix in the path' : 'removes the prefix from the path';
    return cure(
      exposeIngress(row, flags),
      `${what}; ${startWith({ prefix: own?.prefix ?? usualPrefix(row.port, { skyCluster: row }), rewrite })}`,
    );
  };
  // Whether the start command tells the app its prefix, for example with GRADIO_ROOT_PATH.
  const knows = (rewrite: PathShape['rewrite']) => app.start[rewrite]?.includes('{path}') ?? false;
  if (call.rewrite === belowPrefix || own?.rewrite === belowPrefix) {
    const place = own ?? call;
    if (knows(place.rewrite)) return [advice(startWith(place))];
    const other = place.rewrite === 'strip' ? 'keep' : 'strip';
    return app.start[other] ? [newPath(other, part`--app ${app.name} --rewrite ${other}`)] : [toHost];
  }
  return [
    newPath(belowPrefix, part`--app ${app.name}`),
    ...(knows(call.rewrite) ? [advice(`or keep this URL, and ${startWith(call)}`)] : []),
  ];
}

function curesOfUnknownApp(call: AppCall, scene: Scene): readonly Cure[] {
  const { row } = call;
  const own = ownPlaceOf(call, scene);
  const prefix = own?.prefix ?? usualPrefix(row.port, { skyCluster: row });
  const place: AppPlace = { ...appPlaceOf(call, scene), prefix, rewrite: 'keep' };
  const usual = usualAppOf(Number(place.port));
  const command = usual && startCommandOf(usual, place);
  const example = command === undefined ? '' : `, for ${usual!.title}: ${command}`;
  const start = `start the app with its option for a base URL, ${prefix}${example}`;
  if (own?.rewrite === 'keep') return [advice(start), ownHostCure(row)];
  return [
    ownHostCure(row),
    cure(exposeIngress(row, part`--rewrite keep`), `or keeps the prefix in the path; ${start}`),
  ];
}
