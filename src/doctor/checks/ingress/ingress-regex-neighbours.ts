import type { Ingress } from 'kubernetes-types/networking/v1';
import { advice, command, cure } from '../../../errors/cure.ts';
import { ingressClassOf } from '../../../exposure/controllers/ingress-address.ts';
import { isOurs } from '../../../exposure/ownership.ts';
import { apiServer, isApiServerIngress } from '../../../skypilot/api-server.ts';
import { parseIngressName } from '../../../skypilot/names.ts';
import { keyOf, type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { defineCheck } from '../../define-check.ts';
import { type Evidence, fieldOf } from '../../finding.ts';
import { judgedIngresses, notInIngressMode } from '../../subjects/ingress-mode.ts';

interface ChangedNeighbour {
  readonly about: readonly string[];
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
  readonly paths: readonly string[];
  readonly host: string;
}

const regexAnnotations = ['nginx.ingress.kubernetes.io/use-regex', 'nginx.ingress.kubernetes.io/rewrite-target'];

export const ingressRegexNeighbours = defineCheck({
  id: 'ingress-regex-neighbours',
  group: 'ingress',
  onPath: false,
  title: 'no other Ingress shares a host with regular expressions',
  severity: 'info',
  needs: ['services'],
  wants: ['pods', 'ingresses', 'ingressClasses'],
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned'],
  docs: () => ({
    means:
      "An Ingress of another owner has paths of type Exact or Prefix on the same host as an Ingress with `use-regex` or `rewrite-target`. SkyPilot's Ingress has both and names no host, so it shares its host with all other Ingresses that name none.",
    matters:
      'One such Ingress makes ingress-nginx read every path of the host as a case-insensitive regular expression: `Exact /foo` also matches `/foobar`. The ports of SkyPilot clusters work, but the other Ingress may answer requests that it should not.',
    fix: 'Give the other Ingress its own host, or open the port under its own host.',
    commands: [cure(command`kubectl skyports expose NAME PORT --mode ingress --host HOST`, 'opens PORT under HOST')],
    sources: ['ingress-nginx docs/user-guide/ingress-path-matching.md'],
  }),
  notApplicable: notInIngressMode,
  needsHere: () => ['ingresses'],
  find(scene): ChangedNeighbour[] {
    const controllerOf = (ingress: Ingress) => {
      const { name, class: ingressClass } = ingressClassOf(scene.view, ingress);
      return ingressClass?.spec?.controller ?? name;
    };
    const judged = judgedIngresses(scene);
    const own = new Set(judged.map(({ ingress }) => keyOf(ingress)));
    const others = itemsOf(scene.view.snapshot.topics.ingresses).filter(
      (ingress) =>
        !own.has(keyOf(ingress)) && !isOurs(ingress.metadata) && !parseIngressName(ingress.metadata?.name ?? ''),
    );
    const culpritsByPlace = Map.groupBy(
      judged
        .filter(({ ingress }) => isRegex(ingress))
        .flatMap((each) => [...hostsOf(each.ingress)].map((host) => ({ ...each, host }))),
      ({ ingress, host }) => `${controllerOf(ingress)} ${host}`,
    );
    const neighbours = others
      .filter((other) => !isRegex(other))
      .flatMap((other) => [...plainPathsByHost(other)].map(([host, paths]) => ({ other, host, paths })));
    return [...Map.groupBy(neighbours, ({ other, host }) => `${controllerOf(other)} ${host}`)].flatMap(
      ([place, sharing]): ChangedNeighbour[] => {
        const culprits = culpritsByPlace.get(place) ?? [];
        if (culprits.length === 0) return [];
        const references = culprits.slice(0, 3).map(({ ingress }) => referenceTo('Ingress', ingress));
        return [
          {
            about: [...new Set(culprits.flatMap(({ about }) => about))],
            objects: [...references, ...sharing.map(({ other }) => referenceTo('Ingress', other))],
            evidence: references.map((reference) =>
              fieldOf(reference, `metadata.annotations["${regexAnnotations[0]}"]`, 'true'),
            ),
            paths: sharing.flatMap(({ other, paths }) =>
              paths.map(
                (path) => `${path} of Ingress ${keyOf(other)}${isApiServerIngress(other) ? ` (${apiServer})` : ''}`,
              ),
            ),
            host: sharing[0]!.host,
          },
        ];
      },
    );
  },
  say: ({ objects: [first], paths, host }) =>
    `${host === '' ? 'the catch-all host' : `host ${host}`} is in regular-expression mode because of Ingress ${first!.namespace}/${first!.name}; so these paths match more than they say: ${listed(paths)}`,
  cures: () => [advice('give these Ingresses their own host, if it matters')],
});

function isRegex({ metadata }: Ingress): boolean {
  const [useRegex, rewriteTarget] = regexAnnotations.map((key) => metadata?.annotations?.[key]);
  return useRegex === 'true' || rewriteTarget !== undefined;
}

function hostsOf(ingress: Ingress): Set<string> {
  return new Set((ingress.spec?.rules ?? []).map(({ host }) => host ?? ''));
}

function plainPathsByHost(ingress: Ingress): Map<string, string[]> {
  const byHost = new Map<string, string[]>();
  for (const { host = '', http } of ingress.spec?.rules ?? []) {
    const plain = (http?.paths ?? []).filter(({ pathType }) => pathType === 'Exact' || pathType === 'Prefix');
    const words = plain.map(({ pathType, path = '/' }) => `${pathType} ${path}`);
    if (words.length > 0) byHost.set(host, [...(byHost.get(host) ?? []), ...words]);
  }
  return byHost;
}
