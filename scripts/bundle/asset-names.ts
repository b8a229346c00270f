/** The names of a part of the bundle in the executable, and in the folder of a build. */
export function assetNames(part: string): { source: string; cache: string } {
  const name = encodeURIComponent(part);
  return { source: `${name}.cjs`, cache: `${name}.cache` };
}
