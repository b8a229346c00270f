import { Tokenizer } from 'htmlparser2';
import { type LinkKind, type LinkOutside, linkKinds } from '../snapshot/probe.ts';

/** How much is read from a page and kept. The limits are needed, because a page may be hostile. */
const longestValue = 2048;
const mostLinks = 2000;
const mostKept = 5;
const longestPath = 120;

/**
 * The links of an HTML page that lead to the same host, but out of a path prefix. Scripts come first, then style sheets
 * and frames. Links that a script adds are not found. The time depends only on the length of the page, even if it is
 * not valid HTML.
 *
 * @param at the URL of the page
 * @param prefix the path prefix, without a final slash; '' means that no link leads out of it
 * @param style a style sheet that a script of the page loads, if it is known
 */
export function linksOutside(html: string, at: URL, prefix: string, style?: string): LinkOutside[] {
  if (prefix === '') return [];
  let base = at;
  let hasBase = false;
  const found = new Map<string, LinkOutside>();
  let seen = 0;
  const keep = ({ kind, value }: Link) => {
    const url = webUrl(value, base);
    if (!url || url.host !== at.host || isBelow(url.pathname, prefix)) return;
    const path = url.pathname.length > longestPath ? `${url.pathname.slice(0, longestPath)}...` : url.pathname;
    const known = found.get(path);
    if (!known || rankOf(kind) < rankOf(known.kind)) found.set(path, { kind, path });
  };
  eachTag(html, (tag, attributes) => {
    if (tag === 'base') {
      const href = attributes.get('href');
      const next = href === undefined || hasBase ? undefined : webUrl(href, at);
      if (!next) return;
      base = next;
      hasBase = true;
      return;
    }
    for (const link of linksOf(tag, attributes)) {
      seen += 1;
      // A link such as `#top` leads to the page itself, even if the page has a `<base>`.
      if (seen > mostLinks || link.value.trim() === '' || link.value.trimStart().startsWith('#')) continue;
      keep(link);
    }
  });
  if (style !== undefined) keep({ kind: 'style', value: style });
  return [...found.values()].sort((a, b) => rankOf(a.kind) - rankOf(b.kind)).slice(0, mostKept);
}

function rankOf(kind: LinkKind): number {
  return linkKinds.indexOf(kind);
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** The absolute URL. Undefined for an invalid URL, and for schemes such as `javascript:` and `data:`. */
function webUrl(text: string, base: URL): URL | undefined {
  if (text.length >= longestValue || !URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  return /^https?:$/.test(url.protocol) ? url : undefined;
}

interface Link {
  readonly kind: LinkKind;
  readonly value: string;
}

type Attributes = ReadonlyMap<string, string>;

/** The links of one element (HTML Living Standard, attributes of the type URL). */
function linksOf(tag: string, attributes: Attributes): Link[] {
  const of = (kind: LinkKind, ...names: readonly string[]) =>
    names.flatMap((name) => (attributes.has(name) ? [{ kind, value: attributes.get(name)! }] : []));
  switch (tag) {
    case 'script':
      return of('script', 'src');
    case 'link': {
      const kind = kindOfRelation(attributes);
      return kind ? of(kind, 'href') : [];
    }
    case 'iframe':
    case 'frame':
      return of('frame', 'src');
    case 'img':
    case 'source':
    case 'video':
    case 'audio':
    case 'track':
    case 'input':
      return [...of('file', 'src', 'poster'), ...candidatesOf(attributes.get('srcset') ?? '')];
    case 'a':
    case 'area':
      return of('link', 'href');
    case 'form':
      return of('link', 'action');
    default:
      return [];
  }
}

/** What a page uses the target of a `<link>` for; undefined if a browser does not request this target. */
function kindOfRelation(attributes: Attributes): LinkKind | undefined {
  const relations = (attributes.get('rel') ?? '').toLowerCase().split(/\s+/);
  const as = (attributes.get('as') ?? '').toLowerCase();
  if (relations.includes('stylesheet')) return 'style';
  if (relations.includes('modulepreload') || (relations.includes('preload') && as === 'script')) return 'script';
  if (relations.includes('preload') && as === 'style') return 'style';
  return relations.some((each) => /^(?:icon|apple-touch-icon|mask-icon|manifest|preload)$/.test(each))
    ? 'file'
    : undefined;
}

/** The URLs in a `srcset`. Each URL has a size such as `2x`. */
function candidatesOf(srcset: string): Link[] {
  return srcset.split(/\s+/).flatMap((word) => {
    const value = word.endsWith(',') ? word.slice(0, -1) : word;
    return value === '' || /^[\d.]+[wxh]$/.test(value) ? [] : [{ kind: 'file' as const, value }];
  });
}

/** Elements whose content is not loaded by a browser that runs scripts. */
const inert = new Set(['noscript', 'template']);

/**
 * Calls `found` for each start tag outside of `<noscript>` and `<template>`. Only the tokenizer of the library is used.
 * Its parser also keeps a stack of open elements, and took 1.7 s for 256 KiB of nested tags.
 */
function eachTag(html: string, found: (tag: string, attributes: Attributes) => void): void {
  let tag = '';
  let name = '';
  let value = '';
  let attributes = new Map<string, string>();
  let skipped: string | undefined;
  const done = () => {
    if (skipped === undefined && inert.has(tag)) skipped = tag;
    if (skipped === undefined) found(tag, attributes);
  };
  const nothing = () => {};
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname(start, end) {
        tag = html.slice(start, end).toLowerCase();
        attributes = new Map();
      },
      onattribname(start, end) {
        name = html.slice(start, end).toLowerCase();
        value = '';
      },
      onattribdata(start, end) {
        value += html.slice(start, Math.min(end, start + longestValue));
      },
      onattribentity(codepoint) {
        if (value.length < longestValue) value += String.fromCodePoint(codepoint);
      },
      onattribend() {
        // If an attribute is repeated, browsers use the first one.
        if (!attributes.has(name)) attributes.set(name, value.slice(0, longestValue));
      },
      onopentagend: done,
      onselfclosingtag: done,
      onclosetag(start, end) {
        if (skipped !== undefined && html.slice(start, end).toLowerCase() === skipped) skipped = undefined;
      },
      ...{ oncdata: nothing, oncomment: nothing, ondeclaration: nothing, onend: nothing },
      ...{ onprocessinginstruction: nothing, ontext: nothing, ontextentity: nothing },
    },
  );
  tokenizer.write(html);
  tokenizer.end();
}
