import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { allModes } from '../../modes/all-modes.ts';
import { renderYaml } from '../../output/yaml.ts';
import { exitCodes } from '../command.ts';
import { say, sayWithCures } from '../messages.ts';
import type { ExposeCall } from './call.ts';
import { listsOfExpose, readExpose } from './prepare.ts';

/**
 * Runs `expose --print-sky-config`: prints lines for `~/.sky/config.yaml`. With these lines, SkyPilot opens the ports
 * of new SkyPilot clusters as this `expose` would. Writes nothing.
 */
export async function printSkyConfig(call: ExposeCall): Promise<number> {
  const { request, notes } = await readExpose(call, listsOfExpose(call));
  const { mode, annotations, labels, loadBalancerClass } = request;
  const { skyPilotPorts } = allModes[mode];
  if (skyPilotPorts === undefined) {
    throw new UsageError('mode-not-in-sky-config', `SkyPilot opens no ports in ${mode} mode`, [
      advice('leave --print-sky-config out'),
    ]);
  }
  for (const note of notes) say(call.system, note);
  if (loadBalancerClass !== undefined) {
    say(call.system, `warning: SkyPilot sets no loadBalancerClass, so it cannot request ${loadBalancerClass}`);
  }
  const lost = notCarried(request);
  if (lost.length > 0) {
    say(call.system, `warning: SkyPilot's configuration has no setting for ${lost.join(', ')}`);
  }
  const filled = Object.entries({ labels: labels.set, annotations: annotations.set }).filter(
    ([, pairs]) => Object.keys(pairs).length > 0,
  );
  const block = {
    kubernetes: {
      ports: skyPilotPorts,
      ...(filled.length > 0 && { custom_metadata: Object.fromEntries(filled) }),
    },
  };
  call.system.stdout.document(await renderYaml(block));
  for (const [what] of filled) {
    say(
      call.system,
      `SkyPilot puts these ${what} on every object that it creates: Pods, Services, Ingresses, ServiceAccounts, roles and namespaces`,
    );
  }
  const cures = [
    cure(command`kubectl skyports config set-ports ${skyPilotPorts}`, 'writes the mode into ~/.sky/config.yaml'),
    ...Object.entries(annotations.set).map(([key, value]) =>
      cure(command`kubectl skyports config set-annotation ${`${key}=${value}`}`, 'writes the annotation there, too'),
    ),
  ];
  sayWithCures(call.system, 'SkyPilot uses it for new SkyPilot clusters only', cures, call.connectionValues);
  return exitCodes.fine;
}

/**
 * The flags of this `expose` that have no equivalent in SkyPilot's configuration, because no label or annotation has
 * their effect.
 */
function notCarried(request: ExposeRequest): string[] {
  const { sourceRanges = [], externalTrafficPolicy, loadBalancerIP, allocateNodePorts, firstPort, ports } = request;
  const { auth, ingressClass, path, rewrite, host, tlsSecret, tlsIssuer } = request;
  const args: Readonly<Record<string, boolean>> = {
    '--source-range': sourceRanges.length > 0,
    '--external-traffic-policy': externalTrafficPolicy !== undefined,
    '--static-ip (spec.loadBalancerIP)': loadBalancerIP !== undefined,
    '--no-node-ports': allocateNodePorts === false,
    'the order of the ports': ports.length > 1 && firstPort !== undefined && firstPort !== ports[0]!.servicePort,
    '--auth': auth !== undefined,
    '--ingress-class': ingressClass !== undefined,
    '--path': path !== undefined,
    '--rewrite': rewrite !== undefined,
    '--host': Boolean(host),
    '--tls-secret': tlsSecret !== undefined,
    '--tls-issuer': tlsIssuer?.kind === 'Issuer',
    '--tls-cluster-issuer': tlsIssuer?.kind === 'ClusterIssuer',
  };
  return Object.keys(args).filter((flag) => args[flag]);
}
