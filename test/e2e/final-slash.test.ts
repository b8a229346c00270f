import test from 'ava';
import { nodePrograms } from '../node/programs.ts';
import { installTraefik } from '../node/traefik.ts';
import type { Answer, Call } from './client.ts';
import { diagnosed } from './diagnosed.ts';
import { call, isOurNode, pasted, reached, shell, untilReached } from './machine.ts';
import { appPort, skyCluster } from './sky-cluster.ts';

/** Opens the port in ingress mode. @returns its URL, and the same without the final slash */
async function exposed(namespace: string, flags = ''): Promise<{ url: string; bare: string }> {
  await pasted(`kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress ${flags} --wait=60s`);
  const url = (await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim();
  await untilReached(url);
  return { url, bare: url.slice(0, -1) };
}

/** The answer of a redirect, once it comes: old and new workers of nginx answer by turns while it reloads. */
async function untilRedirected(url: string, more: Omit<Call, 'url'> = {}): Promise<Answer> {
  let seen = 0;
  let answer = await call({ url, ...more });
  for (let tries = 0; tries < 100 && seen < 4; tries++) {
    answer = await call({ url, ...more });
    seen = answer.status === 307 ? seen + 1 : 0;
    await new Promise((next) => setTimeout(next, 250));
  }
  if (seen < 4) throw new Error(`${url} is not redirected: ${answer.status} ${answer.body}`);
  return answer;
}

const targetOf = ({ location = '' }: Answer, from: string) => new URL(location, from).href;
const ingressesIn = (namespace: string) => pasted(`kubectl get ingresses -n ${namespace} -o name`);

test('a call without the final slash is redirected to it, with its method, its Host and its port', async (t) => {
  const { namespace } = await skyCluster(t);
  const { url, bare } = await exposed(namespace);
  t.is(targetOf(await untilRedirected(bare), bare), url);
  const host = 'gpu.example.com:30080';
  const there = await untilRedirected(bare, { host });
  t.is(targetOf(there, `http://${host}${new URL(bare).pathname}`), `http://${host}${new URL(url).pathname}`);
  const posted = await call({ url: bare, as: 'upload', bytes: 1000 });
  t.like(JSON.parse(posted.body), { method: 'POST', path: '/' }, 'a redirect is followed');
  t.is((await call({ url: `${bare}9` })).status, 404, 'a longer word is another path');
  if (isOurNode) t.is(targetOf(await call({ url: `${bare}?a=b&c=%20d` }), bare), `${url}?a=b&c=%20d`);
});

test('what an earlier version wrote answers without the slash, and expose adds the redirect; unexpose removes both', async (t) => {
  const { namespace, nameOnCloud } = await skyCluster(t);
  const { url, bare } = await exposed(namespace);
  await untilRedirected(bare);
  const redirect = `ingress.networking.k8s.io/${nameOnCloud}--skyports-ingress--redirect-${appPort}`;
  await pasted(`kubectl delete -n ${namespace} ${redirect}`);
  await untilReached(bare);
  t.is((await reached(`${bare}?a=b`))?.path, '/?a=b');
  t.deepEqual((await diagnosed(namespace)).rootCauses, []);
  await exposed(namespace);
  t.is(targetOf(await untilRedirected(bare), bare), url);
  t.true((await ingressesIn(namespace)).includes(redirect));
  await pasted(`kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --rewrite keep --wait=60s`);
  t.false((await ingressesIn(namespace)).includes(redirect), 'the app knows its prefix, and may redirect itself');
  await exposed(namespace, '--rewrite strip');
  await untilRedirected(bare);
  await pasted(`kubectl skyports unexpose train ${appPort} -n ${namespace} -y`);
  t.is(await ingressesIn(namespace), '');
});

test('several ports, one with a path of its own: each is redirected to its own slash', async (t) => {
  const { namespace } = await skyCluster(t);
  await pasted(`kubectl skyports expose train 80:${appPort} 81:${appPort} -n ${namespace} --mode ingress --wait=60s`);
  await pasted(
    `kubectl skyports expose train 82:${appPort} -n ${namespace} --mode ingress --path /${namespace}/v1.2 --wait=60s`,
  );
  const urls = (await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim().split('\n');
  t.is(urls.length, 3);
  for (const url of urls) {
    await untilReached(url);
    const bare = url.slice(0, -1);
    t.is(targetOf(await untilRedirected(bare), bare), url);
  }
});

if (isOurNode) {
  test('behind an ingress-nginx that validates annotations, as 1.12 and later do', async (t) => {
    t.timeout(180_000);
    const { namespace } = await skyCluster(t);
    const [controller, where] = ['ingress-nginx-controller', '-n ingress-nginx'];
    const version = 'app.kubernetes.io/version';
    const was = await pasted(`kubectl get service ${controller} ${where} -o jsonpath='{.metadata.labels}'`);
    const patch = (op: string) =>
      pasted(
        `kubectl patch deployment ${controller} ${where} --type=json -p '${op}' && kubectl rollout status deployment/${controller} ${where} --timeout=60s`,
      );
    const args = '/spec/template/spec/containers/0/args';
    const given = JSON.parse(
      await pasted(
        `kubectl get deployment ${controller} ${where} -o jsonpath='{.spec.template.spec.containers[0].args}'`,
      ),
    );
    t.teardown(async () => {
      await pasted(`kubectl label service ${controller} ${where} --overwrite ${version}=${JSON.parse(was)[version]}`);
      await patch(JSON.stringify([{ op: 'replace', path: args, value: given }]));
    });
    const value = '--enable-annotation-validation=true';
    await patch(JSON.stringify([{ op: 'add', path: `${args}/-`, value }]));
    const early = await shell(`kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --wait=60s`);
    t.is(early.code, 0, 'a redirect that is refused leaves the port open');
    t.regex(early.stderr, /^warning: a call of \S+ without a final slash is not redirected: .*permanent-redirect/m);
    await pasted(`kubectl label service ${controller} ${where} --overwrite ${version}=1.12.0`);
    const { url, bare } = await exposed(namespace);
    t.is(targetOf(await untilRedirected(bare), bare), url);
    t.is(targetOf(await call({ url: `${bare}?a=b` }), bare), url, 'the query is lost');
  });

  test("behind Traefik's nginx provider", async (t) => {
    t.timeout(180_000);
    const { namespace } = await skyCluster(t);
    const { url, bare } = await exposed(namespace);
    t.teardown(() => shell('kubectl delete namespace traefik --timeout=60s'));
    await installTraefik(await nodePrograms(() => {}), ['--providers.kubernetesingressnginx=true']);
    await pasted(
      `kubectl wait -n traefik service/traefik --for=jsonpath='{.status.loadBalancer.ingress}' --timeout=30s`,
    );
    const ip = await pasted(
      `kubectl get service -n traefik traefik -o jsonpath='{.status.loadBalancer.ingress[0].ip}'`,
    );
    const atTraefik = (each: string) => Object.assign(new URL(each), { hostname: ip }).href;
    await untilReached(atTraefik(url));
    const there = atTraefik(bare);
    t.is(targetOf(await untilRedirected(there), there), atTraefik(url));
    t.is((await reached(`${there}?a=b`))?.path, '/?a=b', 'it does not redirect a call with a query');
    for (const path of ['v1/models', '/v1/models'])
      t.is((await reached(`${atTraefik(url)}${path}`))?.path, '/v1/models');
    t.is((await call({ url: `${there}9` })).status, 404);
  });
}
