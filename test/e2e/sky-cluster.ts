import { type SkyPilotNames, skyNames, skyPod } from '../helpers/skypilot-objects.ts';
import { appImage } from '../node/images.ts';
import { apply, pasted } from './machine.ts';

export const appPort = 8888;

export interface SkyClusterOptions {
  readonly workers?: number;
  /** Whether the workers' app listens on the port, too. */
  readonly appOnWorkers?: boolean;
  /** Of the head's app: port, address, status (test/node/app). Default: the port. */
  readonly args?: readonly string[];
}

let last = 0;

/** A SkyPilot cluster in a namespace of its own, whose head runs a real web server on port 8888; removed after the test. */
export async function skyCluster(
  t: { teardown(fn: () => Promise<unknown>): void },
  { workers = 0, appOnWorkers = false, args = [String(appPort)] }: SkyClusterOptions = {},
): Promise<SkyPilotNames> {
  last++;
  const namespace = `e2e-${process.pid}-${last}`;
  const names = skyNames(namespace, 'train');
  t.teardown(() => pasted(`kubectl delete namespace ${namespace} --wait=false`));
  await pasted(
    `kubectl create namespace ${namespace} && kubectl wait --for=create serviceaccount/default -n ${namespace}`,
  );
  const pods = Array.from({ length: workers + 1 }, (_, worker) =>
    podWithApp(names, worker, worker === 0 ? args : [String(appOnWorkers ? appPort : 1)]),
  );
  await apply(...pods);
  await pasted(`kubectl wait --for=condition=Ready pod --all -n ${namespace} --timeout=60s`);
  return names;
}

/** Ends the head's app and starts it with other arguments. */
export async function restartHead(names: SkyPilotNames, args: readonly string[]): Promise<void> {
  const pod = `pod/${names.nameOnCloud}-head -n ${names.namespace}`;
  await pasted(`kubectl delete ${pod} --grace-period=0 --force --wait`);
  await apply(podWithApp(names, 0, args));
  await pasted(`kubectl wait --for=condition=Ready ${pod} --timeout=60s`);
}

/** As SkyPilot makes it, with the app in place of its own image. */
function podWithApp(names: SkyPilotNames, worker: number, args: readonly string[]): object {
  const { metadata, apiVersion, kind } = skyPod(names, { worker });
  const container = {
    name: 'ray-node',
    image: appImage,
    imagePullPolicy: 'Never',
    args,
  };
  return {
    apiVersion,
    kind,
    metadata,
    spec: { containers: [container], terminationGracePeriodSeconds: 0, restartPolicy: 'Never' },
  };
}
