import { oneOf } from '../../arguments/one-of.ts';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { isIpAddress } from '../../exposure/scope.ts';
import { type LoadBalancerOptions, needsLoadBalancer } from '../../load-balancers/context.ts';
import { platformNamed } from '../../load-balancers/evidence.ts';
import { loadBalancerSchemes } from '../../platforms/ids.ts';
import { chooseScheme } from '../../platforms/scheme.ts';
import type { System } from '../../system.ts';
import { type ExposeFlagValues, trafficPolicies } from './command.ts';

/**
 * Parses the flags for load balancers, before the first request.
 *
 * @throws UsageError for an invalid value
 */
export function readLoadBalancerOptions(flags: ExposeFlagValues, { args }: Pick<System, 'args'>): LoadBalancerOptions {
  const choice = <T extends string>(text: string | undefined, choices: readonly T[], flag: string) =>
    text === undefined ? undefined : oneOf(text, choices, flag, args);
  const options = {
    scheme: choice(flags.scheme, loadBalancerSchemes, '--scheme'),
    platform: flags.platform,
    pool: flags['address-pool'],
    staticIp: flags['static-ip'],
    trafficPolicy: choice(flags['external-traffic-policy'], trafficPolicies, '--external-traffic-policy'),
    noNodePorts: flags['no-node-ports'] ?? false,
    healthCheck: readHealthCheck(flags['health-check']),
    probe: readProbe(flags.probe),
  };
  const { platform, scheme, pool, staticIp } = options;
  if (options.probe && options.healthCheck !== undefined) {
    throw new UsageError(
      'flags-exclude-each-other',
      '--health-check and --probe=pod both choose the port that is probed',
      [advice('leave out one of them')],
    );
  }
  if (staticIp !== undefined && !isIpAddress(staticIp)) {
    throw new UsageError('invalid-ip', `--static-ip ${staticIp} is not a valid IP address`, [
      advice('write one such as 203.0.113.7'),
    ]);
  }
  if (pool === '') {
    throw new UsageError('flag-without-value', '--address-pool names no pool', [
      advice('write its name: --address-pool NAME'),
    ]);
  }
  if (platform === undefined) return options;
  if (!needsLoadBalancer(options)) {
    throw new UsageError(
      'flag-needs-another',
      '--platform only has an effect with --scheme, --address-pool, --static-ip, --health-check, --probe=pod or --no-node-ports',
      [advice('add one of them, or leave --platform out')],
    );
  }
  const named = platformNamed(platform);
  if (scheme === 'internal' || scheme === 'public') chooseScheme(scheme, [named]);
  return options;
}

function readHealthCheck(text: string | undefined): number | 'none' | undefined {
  if (text === undefined || text === 'none') return text;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new UsageError('invalid-port', `--health-check ${text} is not a valid port`, [
    advice('write a Service port, or none'),
  ]);
}

function readProbe(text: string | undefined): 'pod' | undefined {
  if (text === undefined || text === 'false') return undefined;
  if (text === 'pod') return text;
  throw new UsageError('invalid-probe', `--probe=${text} is not a probe that expose knows`, [
    advice('--probe takes pod or false here'),
  ]);
}
