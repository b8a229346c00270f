import type { Service } from 'kubernetes-types/core/v1';
import { command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { chooseControllerService } from '../../exposure/controllers/controller-service.ts';
import { skyPilotIngressClass } from '../../exposure/controllers/signpost.ts';
import { externalAddressesOf } from '../../exposure/external-addresses.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import { ApiError } from '../../kubernetes/api/api-error.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { collect } from '../../kubernetes/snapshots/collect.ts';
import { endpointRequests } from '../../modes/what-to-collect.ts';
import { controllerService } from '../../skypilot/names.ts';
import { objectPath, pluralOf, type ResourceKind } from '../../snapshot/resource-paths.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import type { AnnotateArguments } from './options.ts';

/** One call of `annotate`: the arguments and the connection. */
export interface AnnotateCall {
  readonly args: AnnotateArguments;
  readonly connection: Connection;
  /**
   * The namespace of the connection. It is read before the first request, because reading it fails if its name is
   * invalid.
   */
  readonly namespace: string;
  readonly connectionValues: ConnectionValues;
  readonly system: System;
}

/** Collects the objects that SkyPilot reads to find its endpoints, in the namespace of the call. */
export function lookAround({ connection, namespace }: AnnotateCall): Promise<Snapshot> {
  return collect(connection, { namespace, requests: endpointRequests({ namespace }) });
}

/** Reads one object with all its fields; undefined if it does not exist. (In lists, some `managedFields` are missing.) */
export async function findObject<T>(
  { api }: Connection,
  kind: ResourceKind,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<T | undefined> {
  try {
    return await api.get<T>(objectPath(kind, namespace, name));
  } catch (error) {
    if (error instanceof ApiError && error.saysGone(name, pluralOf(kind))) return undefined;
    throw error;
  }
}

/**
 * Reads the Service to annotate.
 *
 * @throws UsageError if the Service does not exist. Its suggestion is a signpost, or a command that finds the right
 * Service
 */
export async function serviceToAnnotate(call: AnnotateCall): Promise<Service> {
  const { args, connection } = call;
  const { namespace, name } = args.service;
  const service = await findObject<Service>(connection, 'Service', args.service);
  if (service) return service;
  if (namespace !== controllerService.namespace || name !== controllerService.name) {
    throw new UsageError('unknown-service', `Service ${namespace}/${name} does not exist`, [
      cure(command`kubectl get services -n ${namespace}`, 'shows which exist'),
    ]);
  }
  const address = args.task.do === 'set' ? args.task.address : addressOfController(await lookAround(call));
  throw new UsageError(
    'no-controller-service',
    `Service ${namespace}/${name} does not exist, and SkyPilot reads no other for the ingress controller's address`,
    [
      cure(
        command`kubectl skyports annotate --signpost ${address ?? 'ADDRESS'}`,
        `creates one that shows SkyPilot ${address === undefined ? 'ADDRESS, ' : ''}the address of a controller elsewhere`,
      ),
    ],
  );
}

function addressOfController(snapshot: Snapshot): string | undefined {
  const ingressClass = itemsOf(snapshot.topics.ingressClasses).find(
    ({ metadata }) => metadata?.name === skyPilotIngressClass,
  );
  const choice = chooseControllerService(indexSnapshot(snapshot), ingressClass, []);
  return choice.is === 'found' ? externalAddressesOf(choice.service)[0]?.address : undefined;
}
