import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { until } from '../cluster/until.ts';
import type { SkyPilotNames } from '../helpers/skypilot-objects.ts';
import { addresses, namespaces } from '../node/layout.ts';
import { diagnosed, untilDiagnosed } from './diagnosed.ts';
import { forwarded } from './forwarded.ts';
import { apply, call, isOurNode, pasted, reached, shell, untilReached } from './machine.ts';
import { appPort, restartHead, skyCluster } from './sky-cluster.ts';

// What only a call of the address, or a look into the Pod, can tell: each is made for real, told apart by `doctor`, and
// fixed by what it prints or says.

/** A SkyPilot cluster whose port is open in a mode, and its URL; the app is started with these arguments. */
async function opened(t: ExecutionContext, mode: string, args: readonly string[] = [String(appPort)]) {
  const names = await skyCluster(t, { args });
  const { namespace } = names;
  await pasted(`kubectl skyports expose train ${appPort} -n ${namespace} --mode ${mode} --wait=60s`);
  const url = (await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim();
  return { names, namespace, url };
}

/** The app is started anew, as its owner would; then it answers. */
async function fixedByRestart(t: ExecutionContext, names: SkyPilotNames, url: string) {
  await restartHead(names, [String(appPort)]);
  await untilReached(url);
  t.truthy(await reached(url));
  const { rootCauses } = await diagnosed(names.namespace, '--probe=pod');
  t.false(
    rootCauses.some((id) => id === 'head-port-listens' || id === 'http-answers' || id === 'tcp-connects'),
    rootCauses.join(),
  );
}

for (const mode of ['loadbalancer', 'ingress']) {
  test(`${mode}: what answers is healthy, from outside and from inside`, async (t) => {
    const { namespace, url } = await opened(t, mode);
    await untilReached(url);
    const { stdout } = await shell(`kubectl skyports doctor train -n ${namespace} --probe=pod -o json`);
    const outcomes = new Map(
      JSON.parse(stdout).checks.map(({ id, outcome }: { id: string; outcome: string }) => [id, outcome]),
    );
    for (const id of ['head-port-listens', 'tcp-connects', 'http-answers', 'network-policy-allows'])
      t.is(outcomes.get(id), 'pass', id);
  });

  test(`${mode}: nothing listens on the port`, async (t) => {
    const { names, namespace, url } = await opened(t, mode, ['1']);
    const outside =
      mode === 'ingress'
        ? await untilDiagnosed(namespace, 'http-answers', '--probe', /ingress-nginx itself answers .* with 502/)
        : await untilDiagnosed(namespace, 'tcp-connects', '--probe', /refuses the connection/);
    t.regex(outside.message, mode === 'ingress' ? /with 502/ : /refuses/);
    t.regex(outside.command!, /^kubectl skyports doctor train 8888 .*--probe=pod$/);
    // As the command that was printed does.
    const inside = await untilDiagnosed(namespace, 'head-port-listens', '--probe=pod');
    t.regex(
      inside.message,
      /nothing listens on port 8888, and something does on 1 in Pod|nothing listens on port 8888 in Pod/,
    );
    await fixedByRestart(t, names, url);
  });
}

test('the app listens on 127.0.0.1 alone: forward reaches it, and started for all it answers', async (t) => {
  const { names, namespace, url } = await opened(t, 'loadbalancer', [String(appPort), '127.0.0.1']);
  const { message, command, note } = await untilDiagnosed(namespace, 'head-port-listens', '--probe=pod');
  t.regex(message, /listens on 127\.0\.0\.1 only/);
  t.regex(command!, /^kubectl skyports forward train 8888 -n /);
  t.regex(note, /with --ip=0\.0\.0\.0 if it is JupyterLab/);
  await forwarded(t, command!.replace(' 8888 ', ' 18888:8888 '));
  await fixedByRestart(t, names, url);
});

test('the app listens on another port: what is printed opens that one', async (t) => {
  const { namespace } = await opened(t, 'loadbalancer', ['7860']);
  const { message, command } = await untilDiagnosed(namespace, 'head-port-listens', '--probe=pod');
  t.regex(message, /nothing listens on port 8888, and something does on 7860/);
  t.regex(command!, /^kubectl skyports expose train 8888:7860 .*--mode loadbalancer$/);
  await pasted(`${command} --wait=60s`);
  const url = (await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim();
  await untilReached(url);
  t.truthy(await reached(url));
  t.deepEqual((await diagnosed(namespace, '--probe=pod')).rootCauses, []);
});

test('the app answers 500', async (t) => {
  const { names, namespace, url } = await opened(t, 'loadbalancer', [String(appPort), '', '500']);
  const { message, command } = await untilDiagnosed(namespace, 'http-answers', '--probe');
  t.regex(message, /the app answers a call of http:\/\/\S+ .* with 500/);
  t.is(command, 'sky logs train');
  await fixedByRestart(t, names, url);
});

test('someone who may look into Pods by exec alone is told the same, and who may not is told why', async (t) => {
  const { namespace } = await opened(t, 'loadbalancer', [String(appPort), '127.0.0.1']);
  const user = async (name: string, ...resources: string[]) => {
    const rules = [
      ['get,list,watch', 'pods,services,endpoints'],
      [
        'get,list,watch',
        'ingresses.networking.k8s.io,networkpolicies.networking.k8s.io,endpointslices.discovery.k8s.io',
      ],
      ...(resources.length > 0 ? [['create,get', resources.join(',')]] : []),
    ];
    for (const [i, [verbs, names]] of rules.entries()) {
      await pasted(`kubectl create role ${name}-${i} -n ${namespace} --verb=${verbs} --resource=${names}`);
      await pasted(`kubectl create rolebinding ${name}-${i} -n ${namespace} --role=${name}-${i} --user=${name}`);
    }
    return `--probe=pod --as ${name}`;
  };
  const looker = await diagnosed(namespace, await user('looker', 'pods/exec'));
  t.is(looker.rootCauses[0], 'head-port-listens');
  t.regex(looker.message, /listens on 127\.0\.0\.1 only/);
  const { stdout } = await shell(`kubectl skyports doctor train -n ${namespace} -o json ${await user('reader')}`);
  const check = JSON.parse(stdout).checks.find(({ id }: { id: string }) => id === 'head-port-listens');
  t.is(check.outcome, 'unknown');
  t.regex(check.reason, /get pods\/proxy.*create pods\/exec/);
});

test('a NetworkPolicy lets nobody in: it is told, and whether it is enforced the call shows', async (t) => {
  const { namespace, url } = await opened(t, 'loadbalancer');
  await untilReached(url);
  const spec = { podSelector: {}, policyTypes: ['Ingress'] };
  await apply({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'closed', namespace },
    spec,
  });
  t.deepEqual((await diagnosed(namespace, '--probe=false')).rootCauses, ['network-policy-allows']);
  // The bridge of this node enforces none.
  t.deepEqual((await diagnosed(namespace, '--probe')).rootCauses, []);
});

if (isOurNode) {
  test('the controller watches another namespace and answers 404 in place of the app', async (t) => {
    const { namespace, url } = await opened(t, 'ingress');
    await untilReached(url);
    const deployment = 'deployment/ingress-nginx-controller -n ingress-nginx';
    const arg = '/spec/template/spec/containers/0/args';
    const patch = (...operations: object[]) =>
      pasted(
        `kubectl patch ${deployment} --type=json -p '${JSON.stringify(operations)}' && kubectl rollout status ${deployment} --timeout=60s`,
      );
    const before = await pasted(`kubectl get ${deployment} -o jsonpath='{.spec.template.spec.containers[0].args}'`);
    const restore = () => patch({ op: 'replace', path: arg, value: JSON.parse(before) });
    t.teardown(restore);
    // It asks for the namespace that it is to watch.
    await pasted(
      'kubectl create clusterrolebinding e2e-view --clusterrole=view --serviceaccount=ingress-nginx:ingress-nginx',
    );
    t.teardown(() => pasted('kubectl delete clusterrolebinding e2e-view'));
    await patch({ op: 'add', path: `${arg}/-`, value: '--watch-namespace=kube-public' });
    const { rootCauses, message, command } = await untilDiagnosed(namespace, 'http-answers', '--probe', /with 404/);
    t.is(rootCauses[0], 'http-answers');
    t.regex(message, /ingress-nginx itself answers a call of .* with 404: .*: it only watches namespace kube-public/);
    t.regex(await pasted(command!), /\S/);
    await restore();
    await untilReached(url);
    t.truthy(await reached(url));
  });

  test('the Service behind the rule selects nobody: the controller answers 503, and the cause comes first', async (t) => {
    const { names, namespace, url } = await opened(t, 'ingress');
    await untilReached(url);
    const [service] = (
      await pasted(`kubectl get services -n ${namespace} -o name -l app.kubernetes.io/managed-by=kubectl-skyports`)
    )
      .trim()
      .split('\n');
    await pasted(
      `kubectl patch ${service} -n ${namespace} --type=merge -p '{"spec":{"selector":{"component":"nobody"}}}'`,
    );
    const { rootCauses, command } = await untilDiagnosed(namespace, 'service-selects-head', '--probe');
    t.deepEqual(rootCauses.slice(0, 1), ['service-selects-head']);
    t.regex(command!, /^kubectl skyports expose train 8888 .*--mode ingress --force-conflicts$/);
    // Else nginx's old workers would answer for a while, whatever was fixed.
    await until('the controller answers 503', async () => (await call({ url })).status === 503);
    await pasted(`${command} --wait=60s`);
    await untilReached(url);
    t.truthy(await reached(url));
    t.truthy(names);
  });

  test('the host of an Ingress is not in DNS: with the record that doctor asks for it is healthy', async (t) => {
    const host = 'train.probe.test';
    const names = await skyCluster(t);
    const { namespace } = names;
    await pasted(`kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --host ${host} --wait=60s`);
    const records = await startResolver(t);
    const { message, command, note } = await untilDiagnosed(namespace, 'dns-resolves', '--probe');
    t.regex(message, /train\.probe\.test, the host of port 8888, is not in DNS/);
    const [, address] = /make a DNS record: train\.probe\.test A (172\.30\.0\.\d+)/.exec(note) ?? [];
    t.truthy(address, note);
    const calling = command!.replace('curl', 'curl -sf --retry 20 --retry-delay 1 --retry-all-errors');
    t.regex(await pasted(calling), /"path"/);
    await records(host, address!);
    t.false((await diagnosed(namespace, '--probe')).rootCauses.includes('dns-resolves'));
    t.truthy(await reached(`http://${host}/`));
  });

  test('examples of the help that call addresses run here', async (t) => {
    const { namespace } = await opened(t, 'loadbalancer');
    const { code, stdout } = await shell(`kubectl skyports doctor train 8888 --probe=pod -n ${namespace}`);
    t.is(code, 0, stdout);
  });

  test('--wait looks again until the app is there', async (t) => {
    const { names, namespace } = await opened(t, 'loadbalancer', ['1']);
    await untilDiagnosed(namespace, 'tcp-connects', '--probe');
    const late = await shell(`kubectl skyports doctor train -n ${namespace} --wait=2s`);
    t.is(late.code, 3);
    t.regex(late.stderr, /^not healthy after 2s/m);
    const waiting = shell(`kubectl skyports doctor train -n ${namespace} --wait=90s -o json`);
    await restartHead(names, [String(appPort)]);
    const { code, stdout } = await waiting;
    t.is(code, 0, stdout);
    t.is(JSON.parse(stdout).outcome, 'healthy');
  });
}

/** Answers names in the client's network: its own resolver, which it takes because of /etc/netns. @returns adds a record */
async function startResolver(t: ExecutionContext): Promise<(name: string, address: string) => Promise<void>> {
  const folder = `/etc/netns/${namespaces.client}`;
  const table = join(tmpdir(), `kubectl-skyports-names-${process.pid}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'resolv.conf'), `nameserver ${addresses.client}\n`);
  writeFileSync(table, '{}');
  t.teardown(() => {
    for (const each of [folder, table]) rmSync(each, { recursive: true, force: true });
  });
  const script = join(import.meta.dirname, 'name-server.ts');
  const server = spawn('ip', ['netns', 'exec', namespaces.client, process.execPath, script, addresses.client, table], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => server.kill());
  await new Promise((resolve) => server.stdout.once('data', resolve));
  return async (name, address) => writeFileSync(table, JSON.stringify({ [name]: [address] }));
}

test('--probe=pod without PORT: the port that listens is proposed, and the printed command opens it', async (t) => {
  const { namespace } = await skyCluster(t);
  const { code, stderr } = await shell(
    `kubectl skyports expose train -n ${namespace} --mode nodeport --probe=pod --wait=0`,
  );
  t.is(code, 2);
  t.regex(stderr, new RegExp(`one PORT of train; an app in its head Pod listens on ${appPort}(?:;|\\n)`));
  const [line = ''] = stderr.split('\n').filter((each) => each.startsWith('    kubectl'));
  t.is(line.trim(), `kubectl skyports expose train ${appPort} -n ${namespace} --mode=nodeport --wait=0`);
  await pasted(line);
  const again = await shell(`kubectl skyports expose train -n ${namespace} --probe=pod`);
  t.regex(again.stderr, new RegExp(`listens on ${appPort} \\(open already\\)`));
});

test('--probe=pod: the port that listens is the first of the Service, for a load balancer that probes the first alone', async (t) => {
  const names = await skyCluster(t);
  const { namespace, nameOnCloud } = names;
  const expose = `kubectl skyports expose train 9000 ${appPort} -n ${namespace} --mode loadbalancer --platform aws-in-tree --wait=0`;
  const { stderr } = await shell(`${expose} --probe=pod`);
  t.regex(stderr, new RegExp(`^the health of all ports depends on port ${appPort}: AWS's own`, 'm'));
  const ports = await pasted(
    `kubectl get service ${nameOnCloud}--skyports-lb -n ${namespace} -o jsonpath={.spec.ports[*].port}`,
  );
  t.is(ports, `${appPort} 9000`);
  await pasted(`kubectl skyports unexpose train -n ${namespace} --mode loadbalancer -y`);
  await restartHead(names, ['1']);
  const deaf = await shell(`${expose} --probe=pod`);
  t.regex(deaf.stderr, /^nothing listens on these ports$/m);
  t.regex(deaf.stderr, /^the health of all ports depends on port 9000/m);
});
