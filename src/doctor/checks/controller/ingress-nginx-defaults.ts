import type { Ingress } from 'kubernetes-types/networking/v1';
import { advice, command, cure, part } from '../../../errors/cure.ts';
import { ingressClassOf } from '../../../exposure/controllers/ingress-address.ts';
import { controllerNamed } from '../../../exposure/controllers/ingress-controllers.ts';
import { ingressNginxController, nginxAnnotation } from '../../../exposure/controllers/known-controllers.ts';
import { parseIngressName } from '../../../skypilot/names.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { keyOf, type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { type ControllerSettings, settingsServing } from '../../subjects/controller-settings.ts';
import { ingressNginxPods } from '../../subjects/ingress-controller-pods.ts';
import { type JudgedPath, judgedPaths, notInIngressMode } from '../../subjects/ingress-mode.ts';

/**
 * The limits of ingress-nginx that apps often reach. `key` is the name of the setting in annotations and in the
 * ConfigMap, `usual` is the default, and `value` is the value that `expose` writes.
 */
const limits = [
  {
    key: 'proxy-read-timeout',
    usual: 60,
    value: '3600',
    read: secondsIn,
    words: (seconds: number) => `ends a connection after ${seconds} s without data`,
  },
  {
    key: 'proxy-body-size',
    usual: 1024 * 1024,
    value: '0',
    read: bytesIn,
    words: (bytes: number) => `refuses a request body of more than ${sizeWords(bytes)} (413)`,
  },
] as const;

/** A limit of an Ingress, with the value that `expose` writes instead. */
interface Limit {
  readonly key: (typeof limits)[number]['key'];
  readonly value: string;
  readonly words: string;
  /** Where the limit is set; undefined for the default. */
  readonly from: 'annotation' | 'ConfigMap' | undefined;
}

export const ingressNginxDefaults = defineCheck({
  id: 'ingress-nginx-defaults',
  group: 'controller',
  onPath: false,
  title: "SkyPilot's Ingress allows long answers and large uploads",
  severity: 'info',
  needs: ['services'],
  wants: ['pods', 'ingresses', 'ingressClasses', 'controllerPods', 'controllerConfigMaps'],
  after: ['api-server-answers', 'ingress-class-exists', 'ingress-class-owned', 'ingress-controller-running'],
  docs: () => ({
    means:
      "SkyPilot's own Ingress has ingress-nginx's defaults: a connection ends after 60 seconds without data, and a request body of more than 1 MB is refused. Or an annotation or the controller's ConfigMap sets the same limits or lower ones. An annotation takes precedence over the ConfigMap, and the ConfigMap over the defaults.",
    matters:
      'A long generation without streaming, or an idle websocket, is cut or ends with 504. An upload ends with 413. The app itself works.',
    fix: "Open the port with this plugin. Its Ingress has a timeout of one hour and no size limit. Or set the annotations in `kubernetes.custom_metadata` of SkyPilot's configuration. They apply to every object of new SkyPilot clusters.",
    commands: [
      cure(
        command`kubectl skyports expose NAME PORT --mode ingress --beside-skypilot`,
        "opens PORT beside SkyPilot's Ingress",
      ),
    ],
    sources: [
      'ingress-nginx docs/user-guide/nginx-configuration/configmap.md: proxy-read-timeout 60, proxy-body-size 1m',
      'ingress-nginx internal/ingress/annotations/proxy/main.go: an annotation that cannot be read leaves the ConfigMap in force',
      'sky/templates/kubernetes-ingress.yml.j2: use-regex and rewrite-target only',
      'sky/provision/kubernetes/network_utils.py: custom_metadata is merged into the Ingress',
    ],
  }),
  notApplicable: notInIngressMode,
  needsHere: () => ['ingresses'],
  find(scene) {
    // If no Pod of ingress-nginx exists, another product may serve its class.
    if (scene.perhaps.controllerPods.observed && ingressNginxPods(scene).length === 0) return [];
    const judged = judgedPaths(scene);
    const paths = judged.filter(
      ({ ingress, owner }) =>
        owner === 'skypilot' && parseIngressName(ingress.metadata?.name ?? '')?.role === 'ingress',
    );
    return [...Map.groupBy(paths, ({ ingress }) => keyOf(ingress)).values()].flatMap((group) => {
      const { ingress } = group[0]!;
      const { class: ingressClass } = ingressClassOf(scene.view, ingress);
      if (controllerNamed(ingressClass?.spec?.controller)?.product !== 'ingress-nginx') return [];
      const settings = settingsServing(ingressClass?.spec?.controller ?? ingressNginxController, scene.view.snapshot);
      const tight = limitsOf(ingress, settings?.settings);
      if (tight.length === 0) return [];
      const reference = referenceTo('Ingress', ingress);
      return [
        {
          about: [...new Set(group.map(({ skyCluster }) => clusterKey(skyCluster)))],
          objects: [reference],
          evidence: tight.map(({ key, from }) =>
            from === 'ConfigMap'
              ? fieldOf(settings!.configMap, `data["${key}"]`, settings!.settings?.[key])
              : fieldOf(
                  reference,
                  `metadata.annotations["${nginxAnnotation(key)}"]`,
                  ingress.metadata?.annotations?.[nginxAnnotation(key)],
                ),
          ),
          ...{ reference, group, tight, settings, beside: group.every((path) => isBeside(path, judged)) },
        },
      ];
    });
  },
  say: ({ reference, tight, settings }) => {
    const does = tight.map(({ words }) => words).join(' and ');
    const places = new Set(tight.map(({ from }) => from));
    if (places.size === 1 && places.has(undefined)) {
      const unseen =
        settings && !settings.settings ? `, unless ConfigMap ${nameOf(settings.configMap)} says otherwise` : '';
      return `Ingress ${nameOf(reference)} has the defaults of ingress-nginx, which ${does}${unseen}`;
    }
    const set = tight.flatMap(({ key, from }) =>
      from === undefined
        ? []
        : [from === 'ConfigMap' ? `${key} in ConfigMap ${nameOf(settings!.configMap)}` : `its annotation ${key}`],
    );
    return `ingress-nginx ${does} at Ingress ${nameOf(reference)} (${listed(set)})`;
  },
  cures: ({ group, tight, beside }) => [
    beside
      ? cure(
          command`kubectl skyports endpoints ${operandOf(group[0]!.skyCluster)} -n ${group[0]!.skyCluster.namespace}`,
          'lists the URL of this plugin, which has its own limits',
        )
      : cure(
          exposeCommand(group[0]!.skyCluster, mappingsOf(group), 'ingress', part`--beside-skypilot`),
          'opens a second URL, with one hour and no limit',
        ),
    advice(
      `for new clusters: kubernetes.custom_metadata.annotations in ~/.sky/config.yaml, ${tight.map(({ key, value }) => `${nginxAnnotation(key)}: "${value}"`).join(', ')}, which is set on every object of every SkyPilot cluster`,
    ),
  ],
});

/** Whether an Ingress of this plugin leads to the same port, too. */
function isBeside({ skyCluster, mapping }: JudgedPath, judged: readonly JudgedPath[]): boolean {
  return judged.some(
    (other) =>
      other.owner === 'kubectl-skyports' &&
      clusterKey(other.skyCluster) === clusterKey(skyCluster) &&
      other.mapping.servicePort === mapping.servicePort,
  );
}

/** The limits of an Ingress that are as low as the default, or lower. */
function limitsOf({ metadata }: Ingress, settings: ControllerSettings['settings']): Limit[] {
  return limits.flatMap(({ key, usual, value, read, words }) => {
    const annotated = read(metadata?.annotations?.[nginxAnnotation(key)]);
    const configured = read(settings?.[key]);
    const limit = annotated ?? configured ?? usual;
    const from = annotated !== undefined ? 'annotation' : configured !== undefined ? 'ConfigMap' : undefined;
    return limit > usual ? [] : [{ key, value, words: words(limit), from }];
  });
}

/** The value in seconds; undefined if ingress-nginx would not accept the value. */
function secondsIn(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+$/.test(value.trim()) ? Number(value) : undefined;
}

/** The bytes of a size such as `8m`. The size `0` means no limit. Undefined if nginx would not accept the value. */
function bytesIn(value: string | undefined): number | undefined {
  const [, count, unit = ''] = /^(\d+)([bkmg]?)$/i.exec(value?.trim() ?? '') ?? [];
  if (count === undefined) return undefined;
  const scale = 1024 ** Math.max(0, 'bkmg'.indexOf(unit.toLowerCase()));
  return Number(count) === 0 ? Number.POSITIVE_INFINITY : Number(count) * scale;
}

function sizeWords(bytes: number): string {
  if (bytes % (1024 * 1024) === 0) return `${bytes / (1024 * 1024)} MB`;
  return bytes % 1024 === 0 ? `${bytes / 1024} KB` : `${bytes} bytes`;
}

function nameOf({ namespace, name }: ObjectReference): string {
  return `${namespace}/${name}`;
}

function mappingsOf(group: readonly JudgedPath[]) {
  const [{ skyCluster: first }] = group as [JudgedPath];
  return group.filter(({ skyCluster }) => clusterKey(skyCluster) === clusterKey(first)).map(({ mapping }) => mapping);
}
