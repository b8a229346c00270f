import { isMap, isScalar, type Node } from 'yaml';
import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { externalIpAnnotation } from '../names.ts';
import { skyPilotPortModes } from '../port-modes.ts';
import { contentOf, parseSkyConfigText, type SkyConfigDocument, type SkyConfigText } from './sky-config-text.ts';

/** A setting that SkyPilot or Kubernetes rejects, or understands in another way than the user. */
export interface SkyConfigFault {
  readonly path: string;
  /** The number of the line, from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly cures: readonly Cure[];
}

/**
 * The faults in a file's settings for ports and metadata, in the order of the file.
 *
 * Sources: sky/utils/schemas.py and kubernetes_enums.py.
 *
 * @param project whether the file is the project's configuration file
 * @throws UsageError for invalid YAML; its message contains the line and the column
 */
export function faultsOfSkyConfig(file: SkyConfigText, project: boolean): SkyConfigFault[] {
  const parsed = parseSkyConfigText(file, 'core');
  contentOf(file, parsed);
  const root = resolved(parsed.document?.contents as Node | null, parsed);
  const at = (node: Node | null | undefined, message: string, cures: readonly Cure[]): SkyConfigFault => {
    const { line, col } = parsed.lines.linePos(node?.range?.[0] ?? 0);
    return { path: file.path, line, column: col, message, cures };
  };
  const flag = project && '--project';
  if (root && !isMap(root))
    return [at(root, 'the file is not a mapping', [advice('write keys and values: kubernetes: {ports: ingress}')])];
  const kubernetes = entry(root, 'kubernetes', parsed);
  const workspaces = pairsOf(entry(root, 'workspaces', parsed)?.value ?? null, parsed);
  const faults = [
    ...misplacedKeys(root, '', parsed).map(([key, message, cures]) => at(key, message, cures)),
    ...faultsOfSection(kubernetes, parsed, { at, flag }),
    ...workspaces.flatMap(({ name, value }) => {
      const inside = entry(value, 'kubernetes', parsed)?.value ?? null;
      return ['ports', 'custom_metadata'].flatMap((key) => {
        const found = entry(inside, key, parsed);
        const message = `SkyPilot's server takes no ${key} in workspaces.${name}.kubernetes`;
        return found ? [at(found.key, message, [advice(`move it to kubernetes.${key}`)])] : [];
      });
    }),
  ];
  return faults.sort((a, b) => a.line - b.line || a.column - b.column);
}

interface Entry {
  readonly name: string;
  readonly key: Node;
  readonly value: Node | null;
}

interface Saying {
  readonly at: (node: Node | null | undefined, message: string, cures: readonly Cure[]) => SkyConfigFault;
  readonly flag: string | false;
}

function faultsOfSection(kubernetes: Entry | undefined, parsed: SkyConfigDocument, saying: Saying): SkyConfigFault[] {
  if (!kubernetes) return [];
  const { at, flag } = saying;
  if (isNothing(kubernetes.value)) {
    return [
      at(kubernetes.key, 'kubernetes is empty, and SkyPilot rejects that', [
        cure(command`kubectl skyports config set-ports loadbalancer ${flag}`, "writes SkyPilot's default"),
      ]),
    ];
  }
  if (!isMap(kubernetes.value)) {
    return [
      at(kubernetes.value, 'kubernetes is not a mapping', [advice('write keys below it, such as ports: ingress')]),
    ];
  }
  const contexts = entry(kubernetes.value, 'context_configs', parsed);
  return [
    ...faultsOfKeys(kubernetes.value, 'kubernetes', undefined, parsed, saying),
    ...(contexts && !isNothing(contexts.value) && !isMap(contexts.value)
      ? [
          at(contexts.value, 'kubernetes.context_configs is not a mapping', [
            advice('write a context and its keys below it'),
          ]),
        ]
      : []),
    ...pairsOf(contexts?.value ?? null, parsed).flatMap(({ name, value }) =>
      faultsOfKeys(value, `kubernetes.context_configs.${name}`, name, parsed, saying),
    ),
  ];
}

/** The faults in the keys of the section `kubernetes`, or of the section for one context. */
function faultsOfKeys(
  section: Node | null,
  path: string,
  context: string | undefined,
  parsed: SkyConfigDocument,
  { at, flag }: Saying,
): SkyConfigFault[] {
  const faults = misplacedKeys(section, path, parsed).map(([key, message, cures]) => at(key, message, cures));
  const where = context === undefined ? [] : ['--for-context', context];
  const ports = entry(section, 'ports', parsed);
  if (ports && !isNothing(ports.value)) {
    const value = isScalar(ports.value) ? String(ports.value.value) : undefined;
    if (value === undefined || !skyPilotPortModes.some((mode) => mode === value)) {
      const meant = skyPilotPortModes.find((mode) => mode === value?.toLowerCase());
      const said = value === undefined ? 'not a string' : `"${value}"`;
      const message = `${path}.ports is ${said}; SkyPilot only accepts ${skyPilotPortModes.join(', ')}`;
      faults.push(
        at(ports.value, message, [
          cure(
            command`kubectl skyports config set-ports ${meant ?? 'loadbalancer'} ${where} ${flag}`,
            meant ? `did you mean "${meant}"?` : "writes SkyPilot's default",
          ),
        ]),
      );
    }
  }
  const metadata = entry(section, 'custom_metadata', parsed);
  for (const key of ['name', 'namespace']) {
    const found = entry(metadata?.value ?? null, key, parsed);
    const message = `SkyPilot takes no ${key} in ${path}.custom_metadata`;
    if (found)
      faults.push(at(found.key, message, [advice(key === 'namespace' ? `write ${path}.namespace` : 'leave it out')]));
  }
  for (const kind of ['annotations', 'labels']) {
    for (const { name, key, value } of pairsOf(entry(metadata?.value ?? null, kind, parsed)?.value ?? null, parsed)) {
      const text = isScalar(value) ? value.value : value;
      if (typeof text !== 'string') {
        const quoted = isScalar(value) && !isNothing(value) ? String(value.source ?? value.value) : '';
        const message = `${path}.custom_metadata.${kind}.${name} is not a string, and Kubernetes takes nothing else`;
        faults.push(at(value ?? key, message, [advice(`put it in quotes: ${name}: "${quoted}"`)]));
      }
      if (kind === 'annotations' && name === externalIpAnnotation) {
        const message = `SkyPilot reads ${name} on the ingress controller's Service alone, and this lands on what it makes itself`;
        faults.push(
          at(key, message, [
            cure(
              command`kubectl skyports annotate ADDRESS`,
              'sets it where it counts; ADDRESS stands for the address to print',
            ),
          ]),
        );
      }
    }
  }
  return faults;
}

/** Keys in places where SkyPilot does not read them, and the keys that the user probably meant. */
const misplacements: readonly (readonly [where: RegExp, key: string, meant: string])[] = [
  [/^$/, 'ports', 'kubernetes.ports'],
  [/^$/, 'custom_metadata', 'kubernetes.custom_metadata'],
  [/^$/, 'k8s', 'kubernetes'],
  [/^kubernetes/, 'port', 'ports'],
  [/^kubernetes/, 'port_mode', 'ports'],
  [/^kubernetes/, 'annotations', 'custom_metadata.annotations'],
  [/^kubernetes/, 'labels', 'custom_metadata.labels'],
  [/^kubernetes$/, 'contexts', 'context_configs'],
  [/^kubernetes$/, 'context_config', 'context_configs'],
];

function misplacedKeys(map: Node | null, path: string, parsed: SkyConfigDocument): [Node, string, Cure[]][] {
  return misplacements.flatMap(([where, key, meant]) => {
    const found = where.test(path) ? entry(map, key, parsed) : undefined;
    const full = path === '' ? key : `${path}.${key}`;
    const cures = [advice(`write ${path === '' ? '' : `${path}.`}${meant}`)];
    return found ? [[found.key, `SkyPilot has no key ${full}`, cures]] : [];
  });
}

function entry(map: Node | null | undefined, name: string, parsed: SkyConfigDocument): Entry | undefined {
  return pairsOf(map ?? null, parsed).find((each) => each.name === name);
}

/** The entries that are written in the mapping itself, without those of a merge key. */
function pairsOf(map: Node | null, parsed: SkyConfigDocument): Entry[] {
  if (!isMap<Node, Node | null>(map)) return [];
  return map.items.flatMap(({ key, value }) =>
    isScalar(key) ? [{ name: String(key.value), key, value: resolved(value, parsed) }] : [],
  );
}

function resolved(node: Node | null | undefined, { document }: SkyConfigDocument): Node | null {
  if (!node) return null;
  return 'resolve' in node && document ? (node.resolve(document) ?? null) : node;
}

function isNothing(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}
