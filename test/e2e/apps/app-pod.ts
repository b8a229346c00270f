import type { InstalledApps } from '../../apps/installed.ts';
import { type SkyPilotNames, skyNames, skyPod } from '../../helpers/skypilot-objects.ts';
import { appImage } from '../../node/images.ts';
import { apply, pasted } from '../machine.ts';
import { type App, startLine } from './app.ts';

const home = '/home/sky';

/** A SkyPilot cluster whose head has Debian and the apps of this machine, read-only, and runs nothing yet. */
export async function appCluster(namespace: string, installed: InstalledApps): Promise<SkyPilotNames> {
  const names = skyNames(namespace, 'train');
  await pasted(
    `kubectl create namespace ${namespace} && kubectl wait --for=create serviceaccount/default -n ${namespace}`,
  );
  await apply(headWithApps(names, installed));
  await pasted(`kubectl wait --for=condition=Ready pod/${headOf(names)} -n ${namespace} --timeout=120s`);
  return names;
}

const headOf = ({ nameOnCloud }: SkyPilotNames) => `${nameOnCloud}-head`;

/** Starts an app in the head as SkyPilot starts a job: by a shell, with its output in a file. Waits until it listens. */
export async function startApp(names: SkyPilotNames, app: App, command: string): Promise<void> {
  const exec = `kubectl exec -i ${headOf(names)} -n ${names.namespace} -- /bin/bash`;
  const files = Object.entries(app.files ?? {}).map(
    ([name, text]) => `base64 -d > ${name} <<<${Buffer.from(text).toString('base64')}`,
  );
  const log = 'sky_logs/sky-2026-11-29-10-00-00-000000/run.log';
  const lines = [
    ...['set -e', 'cd', `mkdir -p ${log.slice(0, log.lastIndexOf('/'))}`, ...files],
    `(${startLine(app, command)}) > ${log} 2>&1 < /dev/null &`,
    'for try in {1..480}; do',
    `  if (: < /dev/tcp/127.0.0.1/${app.port}) 2> /dev/null; then exit; fi`,
    '  sleep 0.5',
    'done',
    `echo ${app.name} does not listen >&2`,
    `tail -n 15 ${log} >&2`,
    'exit 1',
  ];
  await pasted(exec, lines.join('\n'));
}

/** The app's image has nothing but the mounts. The first process is a shell, and no app. */
function headWithApps(names: SkyPilotNames, { bin, folders }: InstalledApps): object {
  const { metadata, apiVersion, kind } = skyPod(names);
  const mounts = [
    ...[
      { path: '/usr', at: '/usr' },
      { path: '/usr/lib', at: '/lib' },
      { path: '/usr/lib64', at: '/lib64' },
      { path: '/usr/bin', at: '/bin' },
    ],
    ...folders.map((folder) => ({ path: folder, at: folder })),
  ].map(({ path, at }, index) => ({ name: `host-${index}`, path, at }));
  const container = {
    ...{ name: 'ray-node', image: appImage, imagePullPolicy: 'Never' },
    command: ['/bin/bash', '-c', 'trap exit TERM; while :; do sleep 1000 & wait; done'],
    env: [
      { name: 'HOME', value: home },
      { name: 'PATH', value: [...bin, '/usr/bin', '/bin'].join(':') },
      { name: 'SHELL', value: '/bin/bash' },
      { name: 'LANG', value: 'C.UTF-8' },
    ],
    volumeMounts: [
      ...mounts.map(({ name, at }) => ({ name, mountPath: at, readOnly: true })),
      { name: 'home', mountPath: home },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
  return {
    ...{ apiVersion, kind, metadata },
    spec: {
      containers: [container],
      volumes: [
        ...mounts.map(({ name, path }) => ({ name, hostPath: { path, type: 'Directory' } })),
        { name: 'home', emptyDir: {} },
        { name: 'tmp', emptyDir: {} },
      ],
      // There is no DNS: an app that asks for a name learns it at once.
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['127.0.0.1'] },
      ...{ terminationGracePeriodSeconds: 0, restartPolicy: 'Never' },
    },
  };
}
