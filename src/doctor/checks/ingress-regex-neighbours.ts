import type { Ingress } from 'kubernetes-types/networking/v1';
import { ingressClassOf } from '../../exposure/ingress-address.ts';
import { isOurs } from '../../exposure/ownership.ts';
import { parseIngressName } from '../../skypilot/names.ts';
import { keyOf, type ObjectReference, referenceTo } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { defineCheck } from '../define-check.ts';
import { fieldOf } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import { judgedIngresses, notInIngressMode } from '../ingress-mode.ts';
import { listed } from '../words.ts';

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
  link: 'ingress',
  title: 'no other Ingress shares a host with regular expressions',
  severity: 'info',
  needs: ['services'],
  wants: ['pods', 'ingresses', 'ingressClasses'],
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned'],
  docs: {
    means:
      "An Ingress of somebody else has paths of type Exact or Prefix on the host of an Ingress with `use-regex` or `rewrite-target`. SkyPilot's has both, and no host, so it shares the catch-all host with all others that name none.",
    matters:
      'One such Ingress makes ingress-nginx take every path of the host as a case-insensitive regular expression: `Exact /foo` then also takes `/foobar`. The ports of SkyPilot clusters work; the neighbour may answer where it should not.',
    mend: 'Give the neighbour a host of its own, or open the port with `kubectl skyports expose C P --mode ingress --host NAME`.',
    sources: ['ingress-nginx docs/user-guide/ingress-path-matching.md'],
  },
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
    return others.flatMap((other): ChangedNeighbour[] => {
      if (isRegex(other)) return [];
      for (const [host, paths] of plainPathsByHost(other)) {
        const culprits = judged.filter(
          ({ ingress }) =>
            isRegex(ingress) && hostsOf(ingress).has(host) && controllerOf(ingress) === controllerOf(other),
        );
        if (culprits.length === 0) continue;
        const references = culprits.map(({ ingress }) => referenceTo('Ingress', ingress));
        return [
          {
            about: culprits.flatMap(({ about }) => about),
            objects: [referenceTo('Ingress', other), ...references],
            evidence: references.map((reference) =>
              fieldOf(reference, `metadata.annotations["${regexAnnotations[0]}"]`, 'true'),
            ),
            paths,
            host,
          },
        ];
      }
      return [];
    });
  },
  say: ({ objects: [other, first], paths, host }) =>
    `${host === '' ? 'the catch-all host' : `host ${host}`} is in regular-expression mode because of Ingress ${first!.namespace}/${first!.name}: ${listed(paths)} of Ingress ${other!.namespace}/${other!.name} takes more than it says`,
  cure: () => ({ command: null, note: 'give that Ingress a host of its own, if it matters' }),
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
