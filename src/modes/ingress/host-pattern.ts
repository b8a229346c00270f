import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { isHostName, isIpAddress } from '../../exposure/scope.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';

/** What the placeholders in `--host` stand for. */
export interface HostWords {
  readonly port: number;
  readonly skyCluster: Pick<SkyCluster, 'nameOnCloud' | 'namespace'>;
}

const placeholder = /\{([^{}]*)\}/g;

const address = '{address}';

/**
 * The functions that replace the placeholders of a pattern such as `{port}-{cluster}.gpu.example.com`, except
 * `{address}`.
 */
const values: Readonly<Record<string, (words: HostWords) => string>> = {
  port: ({ port }) => String(port),
  cluster: ({ skyCluster }) => skyCluster.nameOnCloud,
  namespace: ({ skyCluster }) => skyCluster.namespace,
};

/** Whether each port has its own host name. This is so if the value of `--host` contains `{port}`. */
export function isPerPort(host: string | undefined): boolean {
  return host?.includes('{port}') ?? false;
}

/**
 * Checks a value of `--host`: a host name, a wildcard, or a pattern.
 *
 * @throws UsageError if the value has an unknown placeholder or is not a valid host name
 */
export function checkHost(host: string): void {
  const unknown = [...host.replaceAll(address, '').matchAll(placeholder)].find(
    ([, word]) => !Object.hasOwn(values, word!),
  );
  if (unknown) {
    throw new UsageError('invalid-host', `--host ${host} has the unknown placeholder ${unknown[0]}`, [
      advice(
        `placeholders are ${Object.keys(values)
          .map((each) => `{${each}}`)
          .join(', ')} and ${address}`,
      ),
    ]);
  }
  const name = host.replace(placeholder, 'a').replace(/^\*\./, '');
  if (isHostName(name) && name === name.toLowerCase() && !/^[\d.]+$/.test(name)) return;
  throw new UsageError('invalid-host', `--host ${host} is not a valid host name`, [
    advice('write it like app.example.com, without scheme, port and path'),
  ]);
}

/**
 * The host name of one port.
 *
 * @throws UsageError if the host name or one of its labels is too long
 */
export function hostNameOf(host: string, words: HostWords): string {
  const name = host.replace(placeholder, (_, word: string) => values[word]!(words));
  const long = name.split('.').find((label) => label.length > 63);
  if (long !== undefined || name.length > 253) {
    throw new UsageError(
      'host-too-long',
      long === undefined
        ? `the host name ${name} of port ${words.port} has ${name.length} characters; DNS allows 253`
        : `the part ${long} of the host name of port ${words.port} has ${long.length} characters; DNS allows 63`,
      [advice('separate the placeholders by dots, or leave one out')],
    );
  }
  return name;
}

/**
 * Replaces `{address}` in the value of `--host` with the address of the ingress controller. The address has the form
 * that DNS services such as sslip.io read: `203-0-113-10`, `2001-db8--1`. A DNS label cannot begin or end with a dash,
 * so `::1` becomes `0--1`.
 *
 * @param addressOf returns the address; undefined if the controller has none. It is called only if the value contains
 * `{address}`
 * @throws UsageError if the controller has no IP address
 */
export function withAddress(host: string | undefined, addressOf: () => string | undefined): string | undefined {
  if (!host?.includes(address)) return host;
  const found = addressOf();
  if (found !== undefined && isIpAddress(found)) return host.replaceAll(address, dashed(found));
  throw new UsageError(
    'no-address-for-host',
    found === undefined
      ? `--host has ${address}, and the ingress controller has no address`
      : `--host has ${address}, and the address of the ingress controller is the name ${found}`,
    [advice('give a host name under a domain of your own whose DNS entry leads to the controller')],
  );
}

function dashed(ipAddress: string): string {
  return ipAddress.replace(/[.:]/g, '-').replace(/^-/, '0-').replace(/-$/, '-0');
}
