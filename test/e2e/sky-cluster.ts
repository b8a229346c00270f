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

/** Ends the head's app and starts it with other arguments, as a new launch does. */
export async function restartHead(
  names: SkyPilotNames,
  args: readonly string[],
  more: HeadOptions = {},
): Promise<void> {
  const pod = `pod/${names.nameOnCloud}-head -n ${names.namespace}`;
  await pasted(`kubectl delete ${pod} --ignore-not-found --grace-period=0 --force --wait`);
  await apply(podWithApp(names, 0, args, more));
  if (more.nodeName === undefined) await pasted(`kubectl wait --for=condition=Ready ${pod} --timeout=60s`);
}

/** What a launch may have changed of the head Pod. */
export interface HeadOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly hostNetwork?: boolean;
  /** Another node than the scheduler's choice: one without a kubelet, so that the Pod does not start. */
  readonly nodeName?: string;
  /** A container beside SkyPilot's, with the app's image. */
  readonly sidecar?: { readonly name: string; readonly args: readonly string[] };
}

/** As SkyPilot makes it, with the app in place of its own image. */
function podWithApp(
  names: SkyPilotNames,
  worker: number,
  args: readonly string[],
  { annotations = {}, hostNetwork, nodeName, sidecar }: HeadOptions = {},
): object {
  const { metadata, apiVersion, kind } = skyPod(names, { worker, annotations });
  const env = [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
  ];
  const container = (name: string, its: readonly string[]) => ({
    ...{ name, image: appImage, imagePullPolicy: 'Never' },
    ...{ args: its, env },
  });
  return {
    apiVersion,
    kind,
    metadata,
    spec: {
      containers: [container('ray-node', args), ...(sidecar ? [container(sidecar.name, sidecar.args)] : [])],
      ...(hostNetwork && { hostNetwork }),
      ...(nodeName && { nodeName }),
      ...{ terminationGracePeriodSeconds: 0, restartPolicy: 'Never' },
    },
  };
}
