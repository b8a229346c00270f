import type { Service } from 'kubernetes-types/core/v1';
import { advice, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { ownLoadBalancerName } from '../exposure/ownership.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { Connection } from '../kubernetes/api/connect.ts';
import { observe } from '../kubernetes/snapshots/collect.ts';
import { cureLines } from '../output/cure-lines.ts';
import type { Detected } from '../platforms/detect.ts';
import type { Limit, LoadBalancer } from '../platforms/platform.ts';
import { nodePoolOf, portHolder } from '../platforms/service-lb.ts';
import { operandOf } from '../skypilot/operand.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import { metadataThen } from './merge-metadata.ts';

/** The requested Service ports that the live Service lacks. */
export function addedPorts(live: Service | undefined, { ports }: ExposeRequest): number[] {
  const present = (live?.spec?.ports ?? []).map(({ port }) => port);
  return ports.map(({ servicePort }) => servicePort).filter((port) => !present.includes(port));
}

/**
 * Compares the number of ports with the limits of the load balancers.
 *
 * @param candidates load balancers that may give the address; if there are several, a hard limit is only a warning
 * @returns warnings about limits that can be raised, and about ports that open although the user did not name them
 * @throws UsageError if a hard limit is exceeded
 */
export function limitNotes(
  candidates: readonly Detected<LoadBalancer>[],
  live: Service | undefined,
  request: ExposeRequest,
): string[] {
  const isOnly = candidates.length === 1;
  const count = (live?.spec?.ports ?? []).length + addedPorts(live, request).length;
  return candidates.flatMap(({ what: { limits, title } }) =>
    holding(limits, metadataThen(request.annotations, live?.metadata?.annotations)).flatMap(
      ({ ports, what, limitKind, source }) => {
        if (count <= ports) return [];
        const fact = `${count} ports are more than the ${ports} ${what} (${title}; ${source})`;
        if (limitKind === 'quota') return [`warning: ${fact}, unless that was raised`];
        if (limitKind === 'opens-range') {
          return [
            `warning: ${fact}: the load balancer also opens the ports in between, or all ports`,
            ...cureLines([
              advice('add --source-range CIDR to limit who can connect, or --mode ingress, which opens none of them'),
            ]),
          ];
        }
        if (!isOnly) return [`warning: ${fact}, and it may give the address`];
        throw new UsageError('too-many-ports', fact, [
          advice('name only the ports that are needed'),
          advice('or add --mode ingress: one address for all of them'),
        ]);
      },
    ),
  );
}

/**
 * The limits for a Service with these annotations: those whose `where` matches. If none matches, the limits without
 * `where`.
 */
function holding(limits: readonly Limit[], annotations: Readonly<Record<string, string>>): Limit[] {
  const brought = limits.filter(({ where }) => where?.values.test(annotations[where.annotation] ?? ''));
  return brought.length > 0 ? brought : limits.filter(({ where }) => where === undefined);
}

/**
 * Refuses ports that another Service already has. In ServiceLB, only one Service can have a given port of the nodes. A
 * second Service with this port would never get an address. The Services of all namespaces are listed to find this out.
 * If the user cannot list them, the ports count as free.
 *
 * @throws UsageError if a port is taken, unless the request has `--force`
 */
export async function refuseTakenPorts(
  candidates: readonly Detected<LoadBalancer>[],
  live: Service | undefined,
  request: ExposeRequest,
  connection: Connection,
): Promise<void> {
  const isShared = candidates.length === 1 && candidates[0]!.what.sharesNodePorts;
  const ports = addedPorts(live, request);
  if (!isShared || request.force || ports.length === 0) return;
  const services = await observe(connection, 'services', { path: collectionPath('Service', null) });
  if (!services.observed) return;
  const { namespace, nameOnCloud } = request.skyCluster;
  const own = `${namespace}/${ownLoadBalancerName(nameOnCloud)}`;
  const pool = nodePoolOf({ labels: metadataThen(request.labels, live?.metadata?.labels) });
  const found = portHolder(ports, { own, pool }, services.items);
  if (!found) return;
  const { targetPort } = request.ports.find(({ servicePort }) => servicePort === found.port)!;
  throw new UsageError(
    'port-taken',
    `port ${found.port} of ${candidates[0]!.what.isLocalOnly ? 'localhost' : 'the nodes'} is taken by Service ${found.holder}: ${candidates[0]!.what.title} gives each port to one Service`,
    [
      cure(
        command`kubectl skyports expose ${operandOf(request.skyCluster)} ${`${found.free}:${targetPort}`} -n ${namespace}`,
        `opens the app at port ${found.free} instead`,
      ),
      advice('or add --mode ingress; add --force to open it anyway'),
    ],
  );
}
