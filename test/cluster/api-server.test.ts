import test from 'ava';
import { kubectl, newNamespace, newUser, requestsOf } from '../helpers/cluster.ts';

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
