import { controllerStatusCure } from '../../doctor/subjects/serve-cures.ts';
import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { exposeModes } from '../../exposure/port-mode-names.ts';
import { indexSnapshot, type SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { apiServerObjects, apiServerSentence } from '../../skypilot/api-server.ts';
import { controllerKindOf, servePortRange } from '../../skypilot/controllers.ts';
import { findSkyCluster } from '../../skypilot/find-sky-cluster.ts';
import { operandOf } from '../../skypilot/operand.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { sayWithCures } from '../messages.ts';
import type { EndpointFlagValues } from './command.ts';
import type { EndpointRequest } from './request.ts';

/** A search that found no URL. */
export interface Searched {
  readonly snapshot: Snapshot;
  readonly request: EndpointRequest;
  readonly selector: EndpointFlagValues['selector'];
  readonly values: ConnectionValues;
}

/** Reports that no row has a URL, and suggests a command that creates one. */
export function sayNoUrl(searched: Searched, endpoints: readonly Endpoint[], system: System): void {
  const { snapshot, values } = searched;
  const { fact, cures } = endpoints.length > 0 ? noAddress(endpoints) : noRow(searched, indexSnapshot(snapshot));
  sayWithCures(system, fact, cures, values);
}

interface Said {
  readonly fact: string;
  readonly cures: readonly Cure[];
}

function noAddress(endpoints: readonly Endpoint[]): Said {
  const first = endpoints[0]!;
  const ports = [...new Set(endpoints.filter((row) => row.nameOnCloud === first.nameOnCloud).map(({ port }) => port))];
  return {
    fact: `no URL yet: ${first.skyCluster} port ${first.port} is ${first.state} (${first.reason})`,
    cures: [
      cure(
        command`kubectl skyports doctor ${operandOf(first)} ${ports} -n ${first.namespace}`,
        'says why and how to fix it',
      ),
    ],
  };
}

function noRow({ snapshot, request, selector }: Searched, { skyClusters }: SnapshotIndex): Said {
  const { context, namespace } = snapshot;
  const place = namespace === null ? `context ${context || '(none)'}` : `namespace ${namespace}`;
  const scope = namespace === null ? ['-A'] : ['-n', namespace];
  if (selector && !skyClusters.some(({ pods }) => pods.length > 0)) {
    return {
      fact: `no SkyPilot cluster in ${place} has labels ${selector}`,
      cures: [cure(command`kubectl get pods ${scope} -l skypilot-cluster-name --show-labels`, 'shows their labels')],
    };
  }
  const hidden = (['pods', 'services'] as const).filter((topic) => !snapshot.topics[topic].observed);
  if (skyClusters.length === 0 && hidden.length > 0) {
    const cures = namespace === null ? [] : [cure(command`kubectl skyports endpoints -A`, 'looks in all namespaces')];
    return { fact: `whether ${place} has SkyPilot clusters is unknown: ${hidden.join(', ')} were not seen`, cures };
  }
  if (skyClusters.length === 0) {
    const elsewhere = cure(command`kubectl skyports endpoints -A`, 'looks in all namespaces');
    const { services, ingresses } = snapshot.topics;
    const others = apiServerSentence(apiServerObjects(itemsOf(services), itemsOf(ingresses)));
    return {
      fact: `No SkyPilot cluster found in ${place}.${others ? ` ${others}.` : ''}`,
      cures: namespace === null ? [advice('sky status shows the context of each SkyPilot cluster')] : [elsewhere],
    };
  }
  const { filter, names } = request;
  const ports = filter.ports ?? [];
  const what = ports.length > 0 ? `port ${ports.join(', ')}` : 'port';
  const which = names.length > 0 ? names.join(', ') : 'the SkyPilot clusters';
  const inMode = filter.modes ? ` in ${filter.modes.join(', ')} mode` : '';
  if (hidden.length > 0) {
    return {
      fact: `whether ${ports.length > 0 ? what : 'a port'} of ${which} is open${inMode} in ${place} is unknown: ${hidden.join(', ')} were not seen`,
      cures: [],
    };
  }
  const one = names.length > 0 ? named(names[0]!, skyClusters) : onlyOne(skyClusters);
  const fact = `No ${what} of ${which} is open${inMode} in ${place}.`;
  const kind = one && controllerKindOf(one);
  if (one && kind === 'serve') {
    const looking = command`kubectl skyports doctor ${operandOf(one)} -n ${one.namespace}`;
    return { fact: `${fact} ${closedServe}`, cures: [cure(looking, 'explains how SkyServe gets its ports')] };
  }
  if (kind) return { fact, cures: [controllerStatusCure(kind)] };
  return { fact, cures: [opening(names.length > 0 ? one : undefined, request, namespace)] };
}

const closedServe = `SkyPilot opens ports ${servePortRange} of a SkyServe controller only when it launches the controller.`;

function onlyOne(skyClusters: readonly SkyCluster[]): SkyCluster | undefined {
  return skyClusters.length === 1 ? skyClusters[0] : undefined;
}

function named(name: string, skyClusters: readonly SkyCluster[]): SkyCluster | undefined {
  const found = findSkyCluster(name, skyClusters, { prefix: true });
  return found.found === 'one' ? found.skyCluster : undefined;
}

/** The suggested `expose` command. SKYCLUSTER and PORT are placeholders if the user did not name them. */
function opening(
  skyCluster: SkyCluster | undefined,
  { filter: { ports = [], modes } }: EndpointRequest,
  namespace: string | null,
): Cure {
  const mode = exposeModes.find((each) => modes?.includes(each));
  const unknown = [
    ...(skyCluster ? [] : ['SKYCLUSTER is the name of one of them']),
    ...(ports.length > 0 ? [] : ['PORT is what the app listens on']),
  ];
  const operands = [skyCluster ? operandOf(skyCluster) : 'SKYCLUSTER', ...(ports.length > 0 ? ports : ['PORT'])];
  const where = skyCluster?.namespace ?? namespace;
  const place = where === null ? [] : ['-n', where];
  const flags = mode ? ['--mode', mode] : [];
  const text = command`kubectl skyports expose ${operands} ${place} ${flags}`;
  return cure(text, ['opens one', ...unknown].join('; '));
}
