import { type SkyPilotNames, skyNames, skyPod } from '../helpers/skypilot-objects.ts';
import { appImage } from '../node/images.ts';
import { apply, pasted } from './machine.ts';

export const appPort = 8888;

export interface SkyClusterOptions {
  readonly workers?: number;
  /** Whether the workers' app listens on the port, too. */
  readonly appOnWorkers?: boolean;
}

let last = 0;

/** A SkyPilot cluster in a namespace of its own, whose head runs a real web server on port 8888; removed after the test. */
export async function skyCluster(
  t: { teardown(fn: () => Promise<unknown>): void },
  { workers = 0, appOnWorkers = false }: SkyClusterOptions = {},
): Promise<SkyPilotNames> {
  last++;
  const namespace = `e2e-${process.pid}-${last}`;
  const names = skyNames(namespace, 'train');
  t.teardown(() => pasted(`kubectl delete namespace ${namespace} --wait=false`));
  await pasted(
    `kubectl create namespace ${namespace} && kubectl wait --for=create serviceaccount/default -n ${namespace}`,
  );
  const pods = Array.from({ length: workers + 1 }, (_, worker) =>
    podWithApp(names, worker, worker === 0 || appOnWorkers),
  );
  await apply(...pods);
  await pasted(`kubectl wait --for=condition=Ready pod --all -n ${namespace} --timeout=60s`);
  return names;
}

/** As SkyPilot makes it, with the app in place of its own image. */
function podWithApp(names: SkyPilotNames, worker: number, listens: boolean): object {
  const { metadata, apiVersion, kind } = skyPod(names, { worker });
  const container = {
    name: 'ray-node',
    image: appImage,
    imagePullPolicy: 'Never',
    args: [String(listens ? appPort : 1)],
  };
  return {
    apiVersion,
    kind,
    metadata,
    spec: { containers: [container], terminationGracePeriodSeconds: 0, restartPolicy: 'Never' },
  };
}
