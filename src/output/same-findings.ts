import type { SaidFinding } from '../doctor/judge.ts';
import { counted, listed } from '../snapshot/text.ts';

/** A finding, and a line about similar findings of other SkyPilot clusters; null if there are none to leave out. */
export interface FindingGroup {
  readonly first: SaidFinding;
  readonly others: string | null;
}

/** Up to this number of SkyPilot clusters, every finding is shown with its own suggestions. */
const mostApart = 3;

/**
 * Groups findings that differ only in names and numbers, because a fault of a Kubernetes cluster can affect thousands of
 * SkyPilot clusters. JSON and YAML contain every finding.
 */
export function sameFindings(findings: readonly SaidFinding[]): FindingGroup[] {
  const groups = Map.groupBy(findings, (finding) => (isOfOneCluster(finding) ? shapeOf(finding) : finding));
  return [...groups.values()].flatMap((group): FindingGroup[] => {
    const clusters = [...new Set(group.flatMap(({ about }) => about))];
    if (clusters.length <= mostApart || !isOfOneCluster(group[0]!)) {
      return group.map((first) => ({ first, others: null }));
    }
    const [, ...others] = clusters;
    const text = `similar findings for ${counted(others.length, 'more SkyPilot cluster')}: ${listed(namesOf(others))}; -o json lists all`;
    return [{ first: group[0]!, others: text }];
  });
}

function isOfOneCluster({ about }: SaidFinding): boolean {
  return about.length === 1 && about[0] !== '*';
}

/** The message without the names of this SkyPilot cluster and its objects, and without numbers. */
function shapeOf({ severity, about, message, objects, evidence }: SaidFinding): string {
  const [namespace = '', nameOnCloud = ''] = about[0]!.split('/');
  const objectNames = [...objects, ...evidence.map(({ object }) => object)].map(({ name }) => name);
  // Replace the longest name first, because a shorter name may be a part of it.
  const names = [...objectNames, nameOnCloud].toSorted((a, b) => b.length - a.length);
  let shape = message;
  for (const name of names) if (name !== '') shape = shape.replaceAll(name, '#');
  shape = shape.replaceAll(/\S+ \(#\)/g, '#').replaceAll(`namespace ${namespace}`, 'namespace #');
  return `${severity} ${shape.replaceAll(/[0-9a-f.:]*\d[0-9a-f.:]*\w*/gi, '0')}`;
}

/** The names of SkyPilot clusters; with their namespaces if these differ. */
function namesOf(clusters: readonly string[]): string[] {
  const namespaces = new Set(clusters.map((each) => each.split('/')[0]));
  return namespaces.size > 1 ? [...clusters] : clusters.map((each) => each.slice(each.indexOf('/') + 1));
}
