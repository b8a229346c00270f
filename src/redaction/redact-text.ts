import ipaddr from 'ipaddr.js';
import type { Tokens } from './tokens.ts';

/** Words that are common in names of objects. If a user has such a name, it is not redacted. */
const vocabulary = new Set(
  'head worker ingress nginx controller service pod node skypilot skyports serve sky jobs deployment default kube system admin user root localhost loadbalancer nodeport podip cluster http https'.split(
    ' ',
  ),
);

/**
 * Redacts users and nodes in the name of an object. The rest of the name stays, because objects refer to each other by
 * name.
 */
export function redactName(text: string, tokens: Tokens): string {
  if (tokens.known('node').includes(text)) return tokens.node(text);
  return withoutUsers(text, tokens);
}

/** Redacts addresses, host names, users, nodes and account numbers in a text. */
export function redactText(text: string, tokens: Tokens): string {
  const known = withoutNodes(withoutIdentities(text, tokens), tokens);
  return withoutUsers(withoutHosts(withoutAddresses(known, tokens), tokens), tokens);
}

/** Matches file names such as `index.js`, which look like host names. */
const fileName = /\.(?:m?js|css|html?|json|map|ico|png|svg|jpe?g|gif|woff2?|ttf|webmanifest)$/i;

/** Redacts the path of a URL. At its end, `index.js` is a file name. In other texts, it counts as a host name. */
export function redactPath(path: string, tokens: Tokens): string {
  const end = path.lastIndexOf('/') + 1;
  const file = path.slice(end);
  return redactText(path.slice(0, end), tokens) + (fileName.test(file) ? redactName : redactText)(file, tokens);
}

function withoutIdentities(text: string, tokens: Tokens): string {
  return text
    .replace(/\bUser "([^"]*)"/g, (_, user: string) => `User "${tokens.user(user)}"`)
    .replace(/\bsystem:serviceaccount:[\w.-]+:[\w.-]+/g, (user) => tokens.user(user))
    .replace(/\/\/[^/@\s]*@/g, '//')
    .replace(/\barn:[\w-]+:[^\s"',;)]+/g, (arn) => tokens.value(arn))
    .replace(
      /\b(projects|subscriptions|resourceGroups)\/([^/\s"']+)/gi,
      (_, kind: string, name: string) => `${kind}/${tokens.value(name)}`,
    )
    .replace(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, (mail) => tokens.user(mail))
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, (id) => tokens.value(id))
    .replace(/\b\d{12}\b/g, (account) => tokens.value(account))
    .replace(/(?:\/home\/|\/Users\/|[A-Za-z]:\\Users\\)[^/\\\s"']+/g, '~');
}

/** Matches words of hexadecimal digits, colons and dots. They may be IP addresses. */
const candidates =
  /(?<![\w.:])\[?(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){1,6}:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![\w])/gi;

function withoutAddresses(text: string, tokens: Tokens): string {
  return text.replace(candidates, (found) => {
    const open = found.startsWith('[') ? '[' : '';
    const address = found.slice(open.length);
    const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
    return isAddress ? `${open}${tokens.address(address)}` : found;
  });
}

/** Matches host names, and names of EC2 machines such as `ip-10-0-1-23`, because they contain an address. */
const hosts =
  /(?<![\w.-])(?:\*\.)?(?:[a-z0-9_](?:[\w-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](?![\w-])|\bip(?:-\d{1,3}){4}\b/gi;

function withoutHosts(text: string, tokens: Tokens): string {
  return text.replace(hosts, (found) => (/^host-\d+\.example\.com$/.test(found) ? found : tokens.host(found)));
}

function withoutNodes(text: string, tokens: Tokens): string {
  return tokens.known('node').reduce((rest, node) => replaceWhole(rest, node, tokens.node(node)), text);
}

function withoutUsers(text: string, tokens: Tokens): string {
  const users = tokens.known('user').filter((user) => user.length > 2 && !vocabulary.has(user.toLowerCase()));
  return users.reduce((rest, user) => replaceWhole(rest, user, tokens.user(user)), text);
}

/** Replaces `what` by `by` in a text, but only if no letter or digit is directly before or after it. */
function replaceWhole(text: string, what: string, by: string): string {
  if (!text.includes(what)) return text;
  const literal = what.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`, 'g'), by);
}
