import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '../..');

/** The template, without the comment on top. */
export function manifestTemplate(): string {
  return readFileSync(join(root, 'krew/skyports.yaml'), 'utf8').replace(/^(#.*\n)+/, '');
}

/**
 * Fills the template as krew-release-bot does: `{{ .TagName }}`, and `{{addURIAndSha "URL" .TagName }}` with the lines
 * `uri` and `sha256`.
 *
 * @param tag `v0.1.0`
 * @param sha256Of the hash of an archive by its file name
 * @throws Error for anything else between double braces
 */
export function krewManifest(template: string, tag: string, sha256Of: (archive: string) => string): string {
  const named = template.replaceAll('{{ .TagName }}', tag);
  const filled = named.replace(/\{\{\s*addURIAndSha "([^"]+)" \.TagName\s*\}\}/g, (_, uri: string) => {
    return `uri: ${uri}\n    sha256: ${sha256Of(uri.split('/').at(-1)!)}`;
  });
  const left = /\{\{.*?\}\}/.exec(filled);
  if (left) throw new Error(`krew/skyports.yaml has ${left[0]}, which nobody fills`);
  parse(filled);
  return filled;
}
