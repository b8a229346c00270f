import test from 'ava';
import {
  cluster,
  kubectl,
  newClientCertificate,
  newNamespace,
  newUser,
  requestsOf,
  until,
} from '../helpers/cluster.ts';

const podReader = { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] };

test('a user may do what its rules allow, where they allow it, and nothing else', async (t) => {
  const namespace = await newNamespace();
  const other = await newNamespace();
  const [local, everywhere, nobody] = await Promise.all([
    newUser(namespace, { rules: [podReader] }),
    newUser(namespace, { clusterRules: [podReader] }),
    newUser(namespace),
  ]);
  const list = async (user: { kubeconfig: string }, ...args: string[]) =>
    (await kubectl(['get', ...args], { kubeconfig: user.kubeconfig })).stderr
      .replace(/ in .* namespace\.| found/g, '')
      .trim();

  t.is(await list(local, 'pods'), 'No resources');
  t.regex(await list(local, 'pods', '-n', other), /Forbidden/);
  t.regex(await list(local, 'services'), /Forbidden/);
  t.is(await list(everywhere, 'pods', '-n', other), 'No resources');
  t.regex(await list(everywhere, 'services'), /Forbidden/);
  t.regex(await list(nobody, 'pods'), /Forbidden/);
});

test('the kubeconfig of a user names the context as asked and the namespace', async (t) => {
  const namespace = await newNamespace();
  const user = await newUser(namespace, { context: 'kind-skypilot' });
  const { stdout } = await kubectl(['config', 'get-contexts', '--no-headers'], { kubeconfig: user.kubeconfig });
  t.deepEqual(stdout.trim().split(/\s+/), ['*', 'kind-skypilot', 'kind-skypilot', 'kind-skypilot', namespace]);
});

test('the audit log has each request of a user once', async (t) => {
  const namespace = await newNamespace();
  const user = await newUser(namespace, { rules: [podReader] });
  t.deepEqual(await requestsOf(user.name), [], 'making a user is not counted as its own');
  for (let count = 1; count <= 5; count++) {
    const path = `/api/v1/namespaces/${namespace}/${count % 2 ? 'pods' : 'services'}?limit=${count}`;
    await kubectl(['get', '--raw', path], { kubeconfig: user.kubeconfig });
    const requests = await requestsOf(user.name);
    t.is(requests.length, count);
    t.like(requests.at(-1), {
      verb: 'list',
      uri: path,
      namespace,
      resource: count % 2 ? 'pods' : 'services',
      code: count % 2 ? 200 : 403,
      stage: 'ResponseComplete',
      impersonatedUser: undefined,
    });
    t.regex(requests.at(-1)?.userAgent ?? '', /^kubectl\//);
  }
});

test('a watch is in the audit log while it runs, and is one request when it is over', async (t) => {
  const namespace = await newNamespace();
  const user = await newUser(namespace, { rules: [podReader] });
  const watching = new AbortController();
  const args = ['get', '--raw', `/api/v1/namespaces/${namespace}/pods?watch=1&timeoutSeconds=3600`];
  const end = kubectl(args, { kubeconfig: user.kubeconfig, signal: watching.signal });

  const [running] = await until('the watch has begun', async () => {
    const requests = await requestsOf(user.name);
    return requests.length > 0 && requests;
  });
  t.like(running, { verb: 'watch', resource: 'pods', stage: 'ResponseStarted', code: 200 });

  watching.abort();
  t.not((await end).code, 0);
  const after = await until('the watch is over', async () => {
    const requests = await requestsOf(user.name);
    return requests.every(({ stage }) => stage === 'ResponseComplete') && requests;
  });
  t.is(after.length, 1);
});

test('an impersonated user is named beside the one who asked', async (t) => {
  const namespace = await newNamespace();
  const impersonator = { apiGroups: [''], resources: ['users'], verbs: ['impersonate'] };
  const user = await newUser(namespace, { clusterRules: [impersonator] });
  const { stderr } = await kubectl(['get', '--raw', '/api/v1/pods', '--as', 'jane'], { kubeconfig: user.kubeconfig });
  t.regex(stderr, /User "jane" cannot list resource "pods"/);
  t.deepEqual(
    (await requestsOf(user.name)).map(({ code, impersonatedUser }) => [code, impersonatedUser]),
    [[403, 'jane']],
  );
});

test('a client certificate makes its user, until it has expired', async (t) => {
  const whoAmI = async ({ certificate, key }: { certificate: string; key: string }) => {
    const { server, certificateAuthority } = cluster();
    const flags = ['--server', server, '--certificate-authority', certificateAuthority];
    const kubeconfig = '/dev/null';
    const client = ['--client-certificate', certificate, '--client-key', key];
    return kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo}', ...flags, ...client], { kubeconfig });
  };
  const jane = await whoAmI(newClientCertificate('jane', { groups: ['people', 'users'] }));
  t.like(JSON.parse(jane.stdout), { username: 'jane', groups: ['people', 'users', 'system:authenticated'] });
  const late = await whoAmI(newClientCertificate('jane', { validUntil: new Date(Date.now() - 1000) }));
  t.regex(late.stderr, /credentials|Unauthorized|expired/);
});
