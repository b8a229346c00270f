import { UsageError } from '../../errors/usage-error.ts';
import { isIpAddress } from '../scope.ts';

/**
 * Reads an address that SkyPilot is to put into a URL: a bare IPv4 address or host name.
 *
 * @param cure the command to paste, given the address that was probably meant
 * @throws UsageError for anything else, with what SkyPilot would make of it
 */
export function parseExternalAddress(text: string, cure: (address: string) => string): string {
  const reason = whyUnusable(text);
  if (reason === undefined) return text;
  const meant = hostWithin(text);
  throw new UsageError(
    `"${text}": ${reason}`,
    whyUnusable(meant) === undefined
      ? cure(meant)
      : `${cure('ADDRESS')}   with an IPv4 address such as 203.0.113.7, or a host name`,
  );
}

/** Why SkyPilot's URL would be broken with this text as its host; undefined when it would not. */
export function whyUnusable(text: string): string | undefined {
  if (text.trim() === '') return 'an empty ADDRESS would make SkyPilot print a URL without a host';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return 'an ADDRESS has no scheme: SkyPilot puts http:// before it, and would print http://http://…';
  }
  if (isIpAddress(text.replace(/^\[(.*)\]$/, '$1')) && text.includes(':')) {
    return 'SkyPilot cannot print an IPv6 address: it leaves out the brackets, and the URL is invalid';
  }
  if (/[/?#]/.test(text)) return 'an ADDRESS has no path: SkyPilot puts its own behind it';
  if (/:\d*$/.test(text)) return 'an ADDRESS has no port: SkyPilot puts its own port behind it, and would print two';
  if (/^[\d.]+$/.test(text)) return isIpAddress(text) ? undefined : 'this is no IPv4 address';
  return isHostName(text) ? undefined : 'this is neither an IPv4 address nor a host name';
}

/** RFC 1123: labels of letters, digits and hyphens. */
function isHostName(text: string): boolean {
  const labels = text.split('.');
  return text.length <= 253 && labels.every((label) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/i.test(label));
}

/** What was probably meant as the address: without scheme, port and path. */
export function hostWithin(text: string): string {
  return text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#].*$/s, '')
    .replace(/:\d*$/, '')
    .replace(/\.$/, '');
}
