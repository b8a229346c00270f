import type { Service } from 'kubernetes-types/core/v1';
import { kindContext } from '../skypilot/names.ts';
import { type PrintedEndpoint, printedForIngress, printedForLoadBalancer } from '../skypilot/printed-endpoint.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import { withoutFinalSlash } from '../snapshot/text.ts';
import { servicesSkyPilotAsks } from './controllers/controller-service.ts';
import type { Owner } from './endpoint.ts';
import type { SnapshotIndex } from './snapshot-index.ts';

interface Parts {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

/**
 * Why the URL of this plugin differs from the text that SkyPilot prints. Null if both lead to the same place, or if
 * neither exists. A missing scheme in SkyPilot's text does not count as a difference.
 */
export function differenceBetween(ours: string | null, prints: string | null): string | null {
  if (ours === null) return prints === null ? null : `SkyPilot prints an address that does not work: ${prints}`;
  if (prints === null) return 'SkyPilot prints nothing for this port';
  const mine = partsOf(ours, '');
  const theirs = mine && partsOf(prints, unbracketed(mine.host));
  if (!theirs || !mine) return `SkyPilot prints ${prints}, which is not a valid address`;
  const words: string[] = [];
  if (theirs.scheme !== '' && mine.scheme !== theirs.scheme)
    words.push(`SkyPilot prints ${theirs.scheme}, this port speaks ${mine.scheme}`);
  if (mine.host !== theirs.host) {
    words.push(
      unbracketed(mine.host) === unbracketed(theirs.host)
        ? 'SkyPilot prints the IPv6 address without brackets'
        : `SkyPilot prints host ${theirs.host}, this endpoint answers at ${mine.host}`,
    );
  }
  if (portOf(mine) !== portOf({ ...theirs, scheme: theirs.scheme || mine.scheme })) {
    words.push(`SkyPilot prints port ${portOf(theirs) || 'none'}, this endpoint answers at port ${portOf(mine)}`);
  }
  if (withoutFinalSlash(mine.path) !== withoutFinalSlash(theirs.path))
    words.push(`SkyPilot prints path ${theirs.path || '/'}, the Ingress serves ${mine.path || '/'}`);
  return words.length > 0 ? words.join('; ') : null;
}

// SkyPilot may print an invalid URL, so `new URL` is not used. In an IPv6 address without brackets, the port cannot be
// recognized. So only the expected address is accepted in this form.
function partsOf(text: string, expectedHost: string): Parts | undefined {
  const [, scheme = '', authority = '', path = ''] = /^(?:([a-z]+):\/\/)?([^/]*)(\/.*)?$/.exec(text) ?? [];
  if (expectedHost.includes(':') && authority === expectedHost) return { scheme, host: authority, port: '', path };
  const [, host = '', port = ''] = /^(\[[^\]]*\]|.*?)(?::(\d+))?$/.exec(authority) ?? [];
  const isBare = !host.includes(':') || /^\[.*\]$/.test(host) || host === expectedHost;
  return host !== '' && isBare ? { scheme, host, port, path } : undefined;
}

function portOf({ port, scheme }: Parts): string {
  if (port !== '') return port;
  if (scheme === 'http') return '80';
  return scheme === 'https' ? '443' : '';
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

/** What SkyPilot prints for a port that it did not open: nothing. `reason` says why. */
export function printedForForeign(owner: Exclude<Owner, 'skypilot'>): PrintedEndpoint {
  const who = owner === 'kubectl-skyports' ? 'kubectl-skyports' : 'neither SkyPilot nor kubectl-skyports';
  return { prints: null, reason: `SkyPilot prints only ports that it opened itself; this one was opened by ${who}` };
}

/**
 * The text that SkyPilot prints for a port of its LoadBalancer Service. In the context kind-skypilot, SkyPilot always
 * uses ingress mode, even for clusters that were launched in another mode.
 */
export function printedForOwnLoadBalancer(
  view: SnapshotIndex,
  skyCluster: SkyCluster,
  service: Service,
  port: number,
): PrintedEndpoint {
  if (view.snapshot.context === kindContext) return printedForOwnIngress(view, skyCluster, port);
  return printedForLoadBalancer(service, port);
}

/**
 * The text that SkyPilot prints for a port of its Ingress. SkyPilot does not read the Ingress itself. So the text is
 * the same if only the per-port Service exists.
 */
export function printedForOwnIngress(view: SnapshotIndex, skyCluster: SkyCluster, port: number): PrintedEndpoint {
  const { namespace, nameOnCloud } = skyCluster;
  return printedForIngress(servicesSkyPilotAsks(view), { namespace, nameOnCloud, port });
}
