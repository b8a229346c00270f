import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { until } from '../cluster/until.ts';
import { type SkyPilotNames, skyNames, skyPod } from '../helpers/skypilot-objects.ts';
import { appImage } from '../node/images.ts';
import { apply, pasted, reached, shell, shellProcess, untilReached } from './machine.ts';

// `open` with a real kubelet: the command in the head's container, the forward of kubectl, and a Pod that is replaced. The app
// is not process 1 of the container and writes nothing to the container's output, as in SkyPilot's Pods.

const token = 'f00ba7';
/** The token as the shell in the Pod makes it, so that it is not in the Pod's own fields, which -v=9 prints. */
const made = `$(echo 7ab00f | rev)`;
/** The command that prints a text with the token. */
const printed = (text: string) => `echo '${text.replace(token, `'${made}'`)}'`;
const runtimeFile = (more: object = {}) =>
  JSON.stringify({ base_url: '/p/', password: false, port: 8888, secure: false, token, ...more });
const writesRuntimeFile = (text = runtimeFile()) =>
  `mkdir -p $HOME/.local/share/jupyter/runtime && ${printed(text)} > $HOME/.local/share/jupyter/runtime/jpserver-$!.json`;
const writesLog = `mkdir -p $HOME/sky_logs/1-train && ${printed(`(task, pid=9) http://127.0.0.1:8888/lab?token=${token}`)} > $HOME/sky_logs/1-train/run.log`;

/** The head Pod: a shell starts the app, then writes the app's files. The shell and its programs are the node's. */
function head(names: SkyPilotNames, files: string): object {
  const { metadata, apiVersion, kind } = skyPod(names, {});
  const folders = { '/usr': '/usr', '/lib': '/usr/lib', '/lib64': '/usr/lib64', '/bin': '/usr/bin' };
  const volumes = Object.values(folders).map((path, index) => ({ name: `host-${index}`, hostPath: { path } }));
  const mounts = Object.keys(folders).map((mountPath, index) => ({ name: `host-${index}`, mountPath, readOnly: true }));
  const container = {
    ...{ name: 'ray-node', image: appImage, imagePullPolicy: 'Never' },
    command: ['/bin/sh', '-c', `cd $HOME; /app 8888 >/dev/null 2>&1 & ${files}; wait`],
    env: [{ name: 'HOME', value: '/home/sky' }],
    volumeMounts: [...mounts, { name: 'home', mountPath: '/home/sky' }],
  };
  return {
    ...{ apiVersion, kind, metadata },
    spec: {
      containers: [container],
      volumes: [...volumes, { name: 'home', emptyDir: {} }],
      ...{ terminationGracePeriodSeconds: 0, restartPolicy: 'Never' },
    },
  };
}

let last = 0;

async function train(t: ExecutionContext, files: string): Promise<SkyPilotNames> {
  last++;
  const namespace = `e2e-open-${process.pid}-${last}`;
  t.teardown(() => pasted(`kubectl delete namespace ${namespace} --wait=false`));
  await pasted(
    `kubectl create namespace ${namespace} && kubectl wait --for=create serviceaccount/default -n ${namespace}`,
  );
  const names = skyNames(namespace, 'train');
  await started(names, files);
  return names;
}

async function started(names: SkyPilotNames, files: string): Promise<void> {
  await apply(head(names, files));
  await pasted(`kubectl wait --for=condition=Ready pod --all -n ${names.namespace} --timeout=60s`);
}

/** Runs `open`, which stays in the foreground. */
function opening(t: ExecutionContext, line: string) {
  const child = shellProcess(line);
  t.teardown(() => {
    child.kill('SIGKILL');
  });
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (text) => {
    stdout += text;
  });
  child.stderr!.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
}

test("the port is forwarded, with Jupyter's base URL and token; a new head Pod is found again", async (t) => {
  const names = await train(t, writesRuntimeFile());
  const { namespace, nameOnCloud } = names;
  const folder = mkdtempSync(join(tmpdir(), 'skyports-browser-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const browser = join(folder, 'browser');
  writeFileSync(browser, `#!/bin/sh\necho "$1" > ${folder}/part && mv ${folder}/part ${folder}/url\n`);
  chmodSync(browser, 0o755);
  const running = opening(t, `env BROWSER=${browser} kubectl skyports open train 8888 -n ${namespace} -v=9`);
  const url = await until('the browser is opened', () => {
    try {
      return readFileSync(join(folder, 'url'), 'utf8').trim();
    } catch {
      return undefined;
    }
  });
  t.regex(url, new RegExp(`^http://localhost:\\d+/p/\\?token=${token}$`));
  t.like(await reached(url), { path: `/p/?token=${token}` });
  await pasted(`kubectl delete pod/${nameOnCloud}-head -n ${namespace} --grace-period=0 --force --wait`);
  await started(names, writesRuntimeFile());
  await untilReached(url);
  t.like(await reached(url), { path: `/p/?token=${token}` });
  running.child.kill('SIGINT');
  t.is(await running.ended, 130);
  t.false((running.stdout() + running.stderr()).includes(token), 'the token is in the URL alone');
  t.regex(running.stderr(), /connecting again\n/);
});

test('if Jupyter starts again with a new token, the browser is opened again', async (t) => {
  const names = await train(t, writesRuntimeFile());
  const { namespace, nameOnCloud } = names;
  const running = opening(t, `kubectl skyports open train 8888 --print -n ${namespace}`);
  const printed = (count: number) => until('the URL is printed', () => running.stdout().split('\n').length > count);
  await printed(1);
  await pasted(`kubectl delete pod/${nameOnCloud}-head -n ${namespace} --grace-period=0 --force --wait`);
  // The app of the new Pod does not start at once.
  await started(names, `sleep 4; ${writesRuntimeFile(runtimeFile({ token: `${token}-2` }))}`);
  await printed(2);
  const [first, second] = running.stdout().trim().split('\n');
  t.is(second, `${first}-2`);
  t.regex(running.stderr(), /Jupyter has started again, with a new login\n/);
  running.child.kill('SIGINT');
  t.is(await running.ended, 130);
});

test('an endpoint that answers is opened with the token, which is not in the output of the container', async (t) => {
  const { namespace, nameOnCloud } = await train(t, writesLog);
  await pasted(`kubectl skyports expose train 8888 -n ${namespace} --mode loadbalancer --wait=60s`);
  const endpoint = (await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim();
  await untilReached(endpoint);
  const { code, stdout, stderr } = await shell(`kubectl skyports open train --print -n ${namespace}`);
  t.is(code, 0, stderr);
  t.is(stdout, `${endpoint}/?token=${token}\n`);
  t.like(await reached(stdout.trim()), { path: `/?token=${token}` });
  t.false((await pasted(`kubectl logs ${nameOnCloud}-head -n ${namespace}`)).includes(token));
});

test('an endpoint that takes the prefix of Jupyter away is not used', async (t) => {
  const { namespace } = await train(t, writesRuntimeFile(runtimeFile({ base_url: '/' })));
  await pasted(`kubectl skyports expose train 8888 -n ${namespace} --mode ingress --wait=60s`);
  const running = opening(t, `kubectl skyports open train --print -n ${namespace}`);
  await until('the URL is printed', () => running.stdout().endsWith('\n'));
  t.regex(running.stdout(), new RegExp(`^http://localhost:\\d+/\\?token=${token}\n$`));
  t.regex(running.stderr(), /answers, but Jupyter serves its pages at \/\n/);
  running.child.kill('SIGINT');
  t.is(await running.ended, 130);
});

test('without the right to run commands in Pods, the URL has no token', async (t) => {
  const { namespace } = await train(t, writesRuntimeFile());
  const grant = async (role: string, verbs: string, resources: string) => {
    await pasted(`kubectl create role ${role} -n ${namespace} --verb=${verbs} --resource=${resources}`);
    await pasted(`kubectl create rolebinding ${role} -n ${namespace} --role=${role} --user=reader`);
  };
  await grant('read', 'get,list,watch', 'pods,services,ingresses.networking.k8s.io,endpointslices.discovery.k8s.io');
  await grant('forward', 'get,create', 'pods/portforward');
  const running = opening(t, `kubectl skyports open train 8888 --print -n ${namespace} --as reader`);
  await until('the URL is printed', () => running.stdout().endsWith('\n'));
  t.regex(running.stdout(), /^http:\/\/localhost:\d+\/\n$/);
  t.regex(running.stderr(), /warning: the app's token was not read: commands in the Pod are forbidden/);
  t.truthy(await reached(running.stdout().trim()));
  running.child.kill('SIGINT');
  t.is(await running.ended, 130);
});
