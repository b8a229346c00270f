/**
 * What differs between two runs of the same command: ages, times of day, nodePorts that Kubernetes chooses, and the
 * width of a column that contains one of them.
 */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?/g, 'TIME'],
  [
    /\b(?:\d+(?:\.\d+)?(?:d|h|m|s|ms))+\b|\b\d+ (?:ms|s|min|h|seconds?|minutes?|hours?)(?= (?:old|ago)|\b)/g,
    'DURATION',
  ],
  [/\b3[0-2]\d{3}\b/g, 'NODEPORT'],
  [/\b10\.\d+\.\d+\.\d+\b/g, 'CLUSTER-IP'],
  [/[ \t]+$/gm, ''],
  [/ {2,}/g, '  '],
];

/** Whether two outputs of a command say the same. */
export function isSameOutput(one: string, other: string): boolean {
  return masked(one) === masked(other);
}

/** An output in which everything that differs between two runs is a fixed word. */
export function masked(output: string): string {
  return volatile.reduce((text, [pattern, word]) => text.replace(pattern, word), output);
}
