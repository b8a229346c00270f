import { advice, command, cure, part } from '../../../errors/cure.ts';
import { ingressClassOf } from '../../../exposure/controllers/ingress-address.ts';
import { controllerNamed } from '../../../exposure/controllers/ingress-controllers.ts';
import { parseIngressName } from '../../../skypilot/names.ts';
import { keyOf, type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { ingressNginxPods } from '../../subjects/ingress-controller-pods.ts';
import { type JudgedPath, judgedPaths, notInIngressMode } from '../../subjects/ingress-mode.ts';

/** The limits of ingress-nginx that apps meet, the annotations that lift them, and the values that `expose` writes. */
const limits = [
  { words: 'ends a connection after 60 s without data', key: 'proxy-read-timeout', value: '3600' },
  { words: 'refuses a request body of more than 1 MB (413)', key: 'proxy-body-size', value: '0' },
] as const;

const annotationOf = (key: string): string => `nginx.ingress.kubernetes.io/${key}`;

export const ingressNginxDefaults = defineCheck({
  id: 'ingress-nginx-defaults',
  group: 'controller',
  onPath: false,
  title: "long answers and large uploads pass SkyPilot's Ingress",
  severity: 'info',
  needs: ['services'],
  wants: ['pods', 'ingresses', 'ingressClasses', 'controllerPods'],
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned', 'ingress-controller-running'],
  docs: () => ({
    means:
      "SkyPilot's own Ingress has ingress-nginx's defaults: a connection ends after 60 seconds without data, and a request body of more than 1 MB is refused. The ConfigMap of the controller may set other defaults; it is not read.",
    matters:
      'A long generation without streaming or an idle websocket ends with 504 or is cut, and an upload ends with 413, although the app works.',
    fix: 'Open the port with this plugin, whose Ingress has one hour and no limit. Or set the annotations in `kubernetes.custom_metadata` of the configuration of SkyPilot: they apply to new clusters, and land on every object of every SkyPilot cluster.',
    commands: [
      cure(
        command`kubectl skyports expose NAME PORT --mode ingress --beside-skypilot`,
        "opens PORT beside SkyPilot's Ingress",
      ),
    ],
    sources: [
      'ingress-nginx docs/user-guide/nginx-configuration/configmap.md: proxy-read-timeout 60, proxy-body-size 1m',
      'sky/templates/kubernetes-ingress.yml.j2: use-regex and rewrite-target only',
      'sky/provision/kubernetes/network_utils.py: custom_metadata is merged into the Ingress',
    ],
  }),
  notApplicable: notInIngressMode,
  needsHere: () => ['ingresses'],
  find(scene) {
    // Another product may serve the class of ingress-nginx.
    if (scene.perhaps.controllerPods.observed && ingressNginxPods(scene).length === 0) return [];
    const paths = judgedPaths(scene).filter(
      ({ ingress, owner }) =>
        owner === 'skypilot' && parseIngressName(ingress.metadata?.name ?? '')?.role === 'ingress',
    );
    return [...Map.groupBy(paths, ({ ingress }) => keyOf(ingress)).values()].flatMap((group) => {
      const { ingress } = group[0]!;
      const { class: ingressClass } = ingressClassOf(scene.view, ingress);
      if (controllerNamed(ingressClass?.spec?.controller)?.product !== 'ingress-nginx') return [];
      const unset = limits.filter(({ key }) => ingress.metadata?.annotations?.[annotationOf(key)] === undefined);
      if (unset.length === 0) return [];
      const reference = referenceTo('Ingress', ingress);
      return [
        {
          about: [...new Set(group.map(({ skyCluster }) => clusterKey(skyCluster)))],
          objects: [reference],
          evidence: unset.map(({ key }) => fieldOf(reference, `metadata.annotations["${annotationOf(key)}"]`, null)),
          ...{ reference, group, unset },
        },
      ];
    });
  },
  say: ({ reference, unset }) =>
    `Ingress ${nameOf(reference)} has the defaults of ingress-nginx, which ${unset.map(({ words }) => words).join(' and ')}`,
  cures: ({ group, unset }) => [
    cure(
      exposeCommand(group[0]!.skyCluster, mappingsOf(group), 'ingress', part`--beside-skypilot`),
      'opens it beside, with one hour and no limit',
    ),
    advice(
      `for new clusters: kubernetes.custom_metadata.annotations in ~/.sky/config.yaml, ${unset.map(({ key, value }) => `${annotationOf(key)}: "${value}"`).join(', ')}, which lands on every object of every SkyPilot cluster`,
    ),
  ],
});

function nameOf({ namespace, name }: ObjectReference): string {
  return `${namespace}/${name}`;
}

function mappingsOf(group: readonly JudgedPath[]) {
  const [{ skyCluster: first }] = group as [JudgedPath];
  return group.filter(({ skyCluster }) => clusterKey(skyCluster) === clusterKey(first)).map(({ mapping }) => mapping);
}
