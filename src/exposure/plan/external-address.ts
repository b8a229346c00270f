import { type Command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { isHostName, isIpAddress } from '../scope.ts';

/**
 * Parses an address that SkyPilot will put into a URL: an IPv4 address or host name without scheme, port and path.
 *
 * @param corrected creates the command to paste, from the address that the user probably meant
 * @throws UsageError for any other text
 */
export function parseExternalAddress(text: string, corrected: (address: string) => Command | null): string {
  const reason = whyUnusable(text);
  if (reason === undefined) return text;
  const meant = hostWithin(text);
  throw new UsageError('invalid-address', `"${text}": ${reason}`, [
    whyUnusable(meant) === undefined
      ? cure(corrected(meant))
      : cure(corrected('ADDRESS'), 'ADDRESS is an IPv4 address such as 203.0.113.7, or a host name'),
  ]);
}

/** Why a URL with this text as its host would be invalid; undefined if it would be valid. */
export function whyUnusable(text: string): string | undefined {
  if (text.trim() === '') return 'an empty ADDRESS would make SkyPilot print a URL without a host';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return 'an ADDRESS has no scheme: SkyPilot puts http:// before it, and would print http://http://…';
  }
  if (isIpAddress(text.replace(/^\[(.*)\]$/, '$1')) && text.includes(':')) {
    return 'SkyPilot cannot print an IPv6 address: it leaves out the brackets, and the URL is invalid';
  }
  if (networkWithin(text)) return 'this is a network (CIDR), and a URL needs one address';
  if (/[/?#]/.test(text)) return 'an ADDRESS has no path: SkyPilot puts its own behind it';
  if (/:\d*$/.test(text)) return 'an ADDRESS has no port: SkyPilot puts its own port behind it, and would print two';
  if (/^[\d.]+$/.test(text)) return isIpAddress(text) ? undefined : 'this is not a valid IPv4 address';
  return isHostName(text) ? undefined : 'this is neither an IPv4 address nor a host name';
}

/** Why most users cannot reach the address; undefined if they may reach it. Such an address needs `--force`. */
export function whyUnreachable(address: string): string | undefined {
  const name = address.toLowerCase();
  if (name === '0.0.0.0') return '0.0.0.0 stands for every address of a machine: nothing can connect to it';
  if (isLoopback(name)) return `${address} leads every user to their own machine, not to the cluster`;
  if (!name.includes('.')) {
    return `${address} is a host name without a dot: it resolves in one network at most (annotate takes no SKYCLUSTER)`;
  }
  return undefined;
}

/** Whether an IP address or a name always means the caller's own machine. */
export function isLoopback(address: string): boolean {
  return /^127\./.test(address) || /^(?:::1|::ffff:127\..*)$/i.test(address) || /(?:^|\.)localhost$/i.test(address);
}

/** What is unusual about an address, although it may be correct; undefined if nothing is unusual. */
export function oddityOf(address: string): string | undefined {
  const isNetwork = isIpAddress(address) && address.endsWith('.0') && address !== '0.0.0.0';
  return isNetwork ? `${address} ends in .0, as the address of a network does` : undefined;
}

/** Whether the text is a CIDR with more than one address, such as 203.0.113.0/24. */
function networkWithin(text: string): boolean {
  const [, address, bits] = /^([\d.]+)\/(\d{1,2})$/.exec(text.trim()) ?? [];
  return address !== undefined && isIpAddress(address) && bits !== '32';
}

/**
 * The address that the user probably meant, without scheme, port and path. A network stays unchanged, because it has
 * many addresses.
 */
export function hostWithin(text: string): string {
  if (networkWithin(text)) return text;
  return text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#].*$/s, '')
    .replace(/:\d*$/, '')
    .replace(/\.$/, '');
}
