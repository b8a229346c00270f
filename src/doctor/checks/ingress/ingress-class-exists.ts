import { type Cure, command, cure, part } from '../../../errors/cure.ts';
import { skyPilotIngressClass } from '../../../exposure/controllers/signpost.ts';
import { type ObjectReference, referenceTo } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { type Evidence, fieldOf } from '../../finding.ts';
import type { Fix } from '../../fix/fix.ts';
import { exposeCommand } from '../../format.ts';
import { platformTopics } from '../../subjects/exposing-services.ts';
import { controllerOfClass } from '../../subjects/ingress-controller-pods.ts';
import {
  aboutIngressMode,
  isPreflight,
  type JudgedPath,
  judgedPaths,
  notInIngressMode,
  servedUnseen,
} from '../../subjects/ingress-mode.ts';
import { addressOfNginx, ingressSetup } from '../../subjects/ingress-setup-cures.ts';
import { controllerTopics } from '../../subjects/judged-controllers.ts';

interface MissingClass {
  readonly about: readonly string[];
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
  readonly className: string;
  /** The names of the classes whose controllers read ingress-nginx's annotations. */
  readonly usable: readonly string[];
  /** The port that the Ingress opens; undefined if no port is open yet. */
  readonly opened: Pick<JudgedPath, 'skyCluster' | 'mapping'> | undefined;
  readonly fix: Fix | undefined;
  /** Commands that install a controller. They are only needed if `usable` is empty. */
  readonly setup: readonly Cure[];
  /** The address where port 80 of ingress-nginx answers. Undefined if it was not seen, or if `usable` is empty. */
  readonly address: string | undefined;
}

export const ingressClassExists = defineCheck({
  id: 'ingress-class-exists',
  group: 'ingress',
  onPath: true,
  breaksCalls: true,
  title: 'the IngressClass of every Ingress exists',
  severity: 'error',
  needs: ['services'],
  wants: [...controllerTopics, 'controllerPods', ...platformTopics],
  after: ['api-server-answers'],
  docs: () => ({
    means:
      "An Ingress names an IngressClass that does not exist. With `--mode ingress`, the check looks for the class `nginx` that SkyPilot's Ingresses name.",
    matters:
      'No controller serves an Ingress whose class does not exist. SkyPilot refuses to open ports in ingress mode if no IngressClass is called `nginx` ("Ingress controller not found"). It only looks at the name.',
    fix: 'If a controller that reads `nginx.ingress.kubernetes.io` annotations has a class with another name, use that class, or create a class `nginx` for the same controller. Otherwise install a maintained controller with the commands in the finding, or use another mode.',
    commands: [
      cure(command`kubectl skyports expose NAME PORT --mode ingress --ingress-class CLASS`, 'uses CLASS'),
      cure(
        command`kubectl skyports annotate --signpost ADDRESS --ingress-class CLASS`,
        'makes a class nginx for the controller of CLASS, whose address is ADDRESS',
      ),
    ],
    sources: [
      'sky/provision/kubernetes/network_utils.py, ingress_controller_exists',
      'sky/templates/kubernetes-ingress.yml.j2: ingressClassName nginx',
      'networking.k8s.io/v1 Ingress, spec.ingressClassName',
    ],
  }),
  notApplicable: (scene) => notInIngressMode(scene) ?? servedUnseen(scene, ['ingressClasses']),
  // If no port uses ingress mode yet, the existing Ingresses belong to other apps. So the list of Ingresses is not
  // needed.
  needsHere: (scene) => [...(isPreflight(scene) ? [] : (['ingresses'] as const)), 'ingressClasses'],
  find(scene): MissingClass[] {
    const { ingressClasses } = scene.view.snapshot.topics;
    const classes = ingressClasses.observed ? ingressClasses.items : [];
    const usable = classes
      .filter((each) => controllerOfClass(scene.view, each).product?.readsNginxAnnotations)
      .map(({ metadata }) => metadata?.name ?? '');
    const setupOf = (opened?: MissingClass['opened']) => (usable.length > 0 ? [] : ingressSetup(scene, opened));
    const address = usable.length > 0 ? addressOfNginx(scene) : undefined;
    const isThere = (name: string) => classes.some(({ metadata }) => metadata?.name === name);
    if (isPreflight(scene)) {
      if (isThere(skyPilotIngressClass)) return [];
      const reference = { kind: 'IngressClass', namespace: '', name: skyPilotIngressClass };
      const base = {
        about: aboutIngressMode(scene),
        objects: [reference],
        evidence: [fieldOf(reference, 'metadata.name', null)],
      };
      return [
        {
          ...base,
          className: skyPilotIngressClass,
          usable,
          opened: undefined,
          fix: undefined,
          setup: setupOf(),
          address,
        },
      ];
    }
    const missing = new Map<string, MissingClass>();
    for (const { ingress, skyCluster, mapping, owner } of judgedPaths(scene)) {
      // An Ingress with the old annotation kubernetes.io/ingress.class needs no IngressClass. ingress-nginx compares
      // the value of the annotation with a flag.
      const className = ingress.spec?.ingressClassName;
      const about = clusterKey(skyCluster);
      if (!className || isThere(className) || missing.has(`${about} ${className}`)) continue;
      const reference = referenceTo('Ingress', ingress);
      missing.set(`${about} ${className}`, {
        about: [about],
        objects: [reference, { kind: 'IngressClass', namespace: '', name: className }],
        evidence: [fieldOf(reference, 'spec.ingressClassName', className)],
        className,
        usable,
        opened: { skyCluster, mapping },
        fix: fixOf({ skyCluster, mapping, owner }, usable),
        setup: setupOf({ skyCluster, mapping }),
        address,
      });
    }
    return [...missing.values()];
  },
  unsettled: ({ perhaps }) =>
    perhaps.ingresses.observed ? undefined : 'which classes the Ingresses name was not seen',
  say({ className, objects, opened }) {
    if (opened === undefined) {
      return `IngressClass ${className} does not exist: SkyPilot refuses to open ports in ingress mode without it`;
    }
    const { namespace, name } = objects[0]!;
    return `Ingress ${namespace}/${name} names IngressClass ${className}, which does not exist, so no controller serves it`;
  },
  cures({ usable, opened, className, setup, address }) {
    const [first] = usable;
    if (first === undefined) {
      return [
        ...setup,
        cure(command`kubectl skyports doctor --mode loadbalancer`, 'shows whether that mode would work'),
      ];
    }
    if (opened) {
      const { skyCluster, mapping } = opened;
      const expose = exposeCommand(skyCluster, [mapping], 'ingress', part`--ingress-class ${first}`);
      return [cure(expose, `uses another class; controllers serve IngressClass ${listed(usable)}`)];
    }
    return [
      cure(
        command`kubectl skyports annotate --signpost ${address ?? 'ADDRESS'} --ingress-class ${first}`,
        `creates the class ${className} for the controller of ${first}${address ? ', which answers there' : '; ADDRESS is the address of that controller'}`,
      ),
    ];
  },
  fix: ({ fix }) => fix,
});

/**
 * The fix that opens the port again with another class. It exists only if exactly one class is usable. Otherwise, the
 * user has to choose.
 */
function fixOf(
  { skyCluster, mapping, owner }: Pick<JudgedPath, 'skyCluster' | 'mapping' | 'owner'>,
  usable: readonly string[],
): Fix | undefined {
  const [ingressClass, second] = usable;
  if (owner !== 'kubectl-skyports' || ingressClass === undefined || second !== undefined) return undefined;
  return { do: 'expose', skyCluster, mode: 'ingress', ports: [mapping], ingressClass };
}
