import { parseDuration } from '../../arguments/duration.ts';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { type IssuerName, issuerAnnotations } from '../../exposure/certificates/cert-manager.ts';
import { type ExposeRequest, type Rewrite, rewrites } from '../../exposure/plan/expose-request.ts';
import { parseMetadataChanges } from '../../exposure/plan/manifest.ts';
import { parsePortMappings } from '../../exposure/port-mapping.ts';
import { type ExposeMode, exposeModes } from '../../exposure/port-mode-names.ts';
import { isCidr } from '../../exposure/scope.ts';
import { allModes } from '../../modes/all-modes.ts';
import { checkHost } from '../../modes/ingress/host-pattern.ts';
import { withoutFinalSlash } from '../../snapshot/text.ts';
import { namedPorts, parseIngressService } from '../flags/named-ports.ts';
import { parseMode } from '../flags/parse-mode.ts';
import { readAuth } from './auth-flags.ts';
import type { ExposeFlagValues } from './command.ts';
import { closingTimeFor } from './for-flag.ts';

/** The arguments of `expose`, checked as far as possible without a cluster. */
export interface ExposeArguments {
  readonly name: string;
  readonly mode: ExposeMode | undefined;
  readonly request: Omit<ExposeRequest, 'skyCluster' | 'mode'>;
  /** The Service ports in the order of the command line; not empty. */
  readonly namedPorts: readonly number[];
  readonly dryRun: 'client' | 'server' | undefined;
  readonly waitMs: number;
  /**
   * The time when the ports close (`--for`), in ISO 8601; null without `--for`. The first call sets the time, and later
   * calls return the same.
   */
  closesAt(now: Date): string | null;
}

/**
 * Parses the arguments of `expose`.
 *
 * @throws UsageError for an invalid value, and for flags that cannot be combined
 */
export function readExposeArguments(operands: readonly string[], flags: ExposeFlagValues): ExposeArguments {
  const { name, ports } = namedPorts('expose', operands);
  parseIngressService(flags['ingress-service']);
  const sourceRanges = flags['source-range']?.filter((range) => range !== '');
  for (const range of sourceRanges ?? []) {
    if (!isCidr(range))
      throw new UsageError('invalid-source-range', `--source-range ${range} is not a valid address range`, [
        advice('write it like 203.0.113.0/24'),
      ]);
  }
  const annotations = parseMetadataChanges(flags.annotation ?? [], 'annotation');
  return {
    name,
    mode: parseMode(flags.mode, exposeModes),
    namedPorts: ports
      .flatMap((word) => word.split(','))
      .flatMap((word) => parsePortMappings([word]).map(({ servicePort }) => servicePort)),
    request: {
      ports: parsePortMappings(ports),
      annotations,
      labels: parseMetadataChanges(flags.label ?? [], 'label'),
      allNodes: flags['all-nodes'],
      loadBalancerClass: flags['load-balancer-class'],
      sourceRanges,
      ingressClass: flags['ingress-class'],
      path: parsePath(flags.path, ports.length),
      rewrite: parseRewrite(flags.rewrite),
      host: parseHost(flags.host),
      tlsSecret: flags['tls-secret'],
      auth: readAuth(flags, annotations),
      allowPlainHttp: flags['allow-plain-http'],
      tlsIssuer: parseIssuer(flags),
      allowReserved: flags['allow-reserved'] ?? false,
      besideSkyPilot: flags['beside-skypilot'] ?? false,
      force: flags.force ?? false,
    },
    dryRun: parseDryRun(flags['dry-run']),
    waitMs: flags.wait === undefined || flags.wait === '' ? 60_000 : parseDuration(flags.wait, 'wait'),
    closesAt: closingTimeFor(flags),
  };
}

/** Parses `--dry-run`. As in kubectl, no value means client. */
export function parseDryRun(text: string | undefined): 'client' | 'server' | undefined {
  if (text === undefined || text === 'none') return undefined;
  if (text === '' || text === 'client') return 'client';
  if (text === 'server') return 'server';
  throw new UsageError('invalid-dry-run', `--dry-run=${text} is not a valid dry run`, [
    advice('--dry-run takes none, client or server'),
  ]);
}

/**
 * Refuses flags that the mode does not support, and flags that have no effect without another flag.
 *
 * @throws UsageError
 */
export function refuseContradictions(flags: ExposeFlagValues, mode: ExposeMode): void {
  const args = (names: readonly string[]) => names.find((name) => flags[name as keyof ExposeFlagValues] !== undefined);
  const { refusedFlags } = allModes[mode];
  const refused = args(Object.keys(refusedFlags));
  if (refused) {
    const { why, instead } = refusedFlags[refused]!;
    throw new UsageError(
      'flag-of-other-mode',
      `--${refused} has no meaning in ${mode} mode: ${why}`,
      (instead ?? ['leave it out']).map((each, index) => advice(index === 0 ? each : `or ${each}`)),
    );
  }
  const other = args(
    exposeModes.flatMap((each) => allModes[each].flags.filter((flag) => !allModes[mode].flags.includes(flag))),
  );
  if (other) {
    const owners = exposeModes.filter((each) => allModes[each].flags.includes(other));
    throw new UsageError(
      'flag-of-other-mode',
      `--${other} belongs to ${owners.join(' and ')} mode, and this is ${mode} mode`,
      [advice(`add --mode ${owners[0]}, or leave --${other} out`)],
    );
  }
  const certificate = tlsFlags.find((each) => flags[each]);
  if (certificate && !flags.host) {
    throw new UsageError('host-missing', `--${certificate} needs --host: a certificate is for a host name`, [
      advice('add --host NAME'),
    ]);
  }
}

function parsePath(path: string | undefined, portCount: number): string | undefined {
  if (path === undefined) return undefined;
  if (!/^\/[-A-Za-z0-9_./~]*$/.test(path)) {
    throw new UsageError('invalid-path', `--path ${path} is not a valid path prefix`, [
      advice('write it like /team/app: letters, digits, "-", "_", "." and "~" between slashes'),
    ]);
  }
  if (portCount > 1) {
    throw new UsageError('path-for-several-ports', '--path leads to one port, and several are named', [
      advice('run expose once for each port'),
    ]);
  }
  return withoutFinalSlash(path);
}

function parseRewrite(text: string | undefined): Rewrite | undefined {
  const rewrite = rewrites.find((each) => each === text);
  if (text === undefined || rewrite) return rewrite;
  throw new UsageError('unknown-rewrite', `--rewrite ${text} is not a valid rewrite`, [
    advice('--rewrite takes strip (the app sees the path without its prefix) or keep'),
  ]);
}

/** The flags that name a certificate, or what issues it. */
const tlsFlags = ['tls-secret', 'tls-issuer', 'tls-cluster-issuer'] as const;

/** Parses `--tls-issuer` and `--tls-cluster-issuer`. Null: a flag with an empty value, which removes the issuer. */
function parseIssuer(flags: ExposeFlagValues): IssuerName | null | undefined {
  const given = tlsFlags.filter((each) => flags[each] !== undefined);
  if (given.length > 1) {
    throw new UsageError('conflicting-flags', `--${given[0]} and --${given[1]} exclude each other`, [
      advice('a host has one certificate, so use one of them'),
    ]);
  }
  const [flag] = given;
  if (flag === undefined || flag === 'tls-secret') return undefined;
  const name = flags[flag]!;
  if (name === '') return null;
  if (!isObjectName(name)) {
    throw new UsageError('invalid-issuer', `--${flag} ${name} is not a valid name of an issuer`, [
      advice('write the name that kubectl get clusterissuers,issuers shows'),
    ]);
  }
  if (Object.values(issuerAnnotations).some((key) => flags.annotation?.some((each) => each.startsWith(`${key}=`)))) {
    throw new UsageError('conflicting-flags', `--${flag} and --annotation both name an issuer`, [
      advice('use one of them'),
    ]);
  }
  return { kind: flag === 'tls-issuer' ? 'Issuer' : 'ClusterIssuer', name };
}

/** Whether the text can be the name of an object: a DNS subdomain (apimachinery, validation.IsDNS1123Subdomain). */
function isObjectName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);
}

function parseHost(host: string | undefined): string | undefined {
  if (host) checkHost(host);
  return host;
}
