import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { addresses } from '../node/layout.ts';
import { onClient, onNode } from '../node/processes.ts';
import { oidcPrograms } from '../oidc/programs.ts';
import type { Visit } from '../oidc/sign-in.ts';
import { apply, call, isOurNode, pasted } from './machine.ts';
import { appPort, skyCluster } from './sky-cluster.ts';

const host = 'gpu.example.com';
const [proxyPort, providerPort] = [4180, 9180];
const own = (name: string) => `nginx.ingress.kubernetes.io/${name}`;

/** Starts a program in the network of the node, and ends it after the test. */
function started(t: { teardown(fn: () => void): void }, line: readonly string[], env: Record<string, string> = {}) {
  const [file, ...args] = [...onNode, ...line];
  const child: ChildProcess = spawn(file!, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  t.teardown(() => void child.kill('SIGKILL'));
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    const answer = await call({ url: `http://${addresses.node}:${port}/` }).catch(() => undefined);
    if (answer && answer.status > 0) return;
    await new Promise((next) => setTimeout(next, 250));
  }
  throw new Error(`nothing listens on port ${port}`);
}

/** Opens a page with a browser's cookies, and signs in wherever a form asks. */
async function visit(url: string, names: Readonly<Record<string, string>>): Promise<Visit> {
  const script = join(import.meta.dirname, '../oidc/sign-in.ts');
  const [file, ...args] = [...onClient, process.execPath, script, url, JSON.stringify(names), 'ada'];
  return JSON.parse((await promisify(execFile)(file!, args)).stdout);
}

if (isOurNode) {
  test('a login by OpenID Connect in front of a port: oauth2-proxy, by annotations', async (t) => {
    t.timeout(180_000);
    const { oauth2Proxy, provider } = await oidcPrograms();
    const { namespace, nameOnCloud } = await skyCluster(t);
    const secret = randomBytes(16).toString('hex');
    const callback = `http://${host}/oauth2/callback`;
    const script = join(import.meta.dirname, '../oidc/provider.ts');
    const where = [addresses.node, String(providerPort)];
    started(t, [process.execPath, script, provider, ...where, secret, callback]);
    await untilListening(providerPort);
    const settings = {
      OAUTH2_PROXY_PROVIDER: 'oidc',
      OAUTH2_PROXY_OIDC_ISSUER_URL: `http://${addresses.node}:${providerPort}`,
      OAUTH2_PROXY_CLIENT_ID: 'skyports',
      OAUTH2_PROXY_CLIENT_SECRET: secret,
      OAUTH2_PROXY_COOKIE_SECRET: randomBytes(16).toString('hex'),
      OAUTH2_PROXY_COOKIE_SECURE: 'false',
      OAUTH2_PROXY_EMAIL_DOMAINS: '*',
      OAUTH2_PROXY_HTTP_ADDRESS: `${addresses.node}:${proxyPort}`,
      OAUTH2_PROXY_REDIRECT_URL: callback,
      OAUTH2_PROXY_REVERSE_PROXY: 'true',
      OAUTH2_PROXY_SKIP_PROVIDER_BUTTON: 'true',
      OAUTH2_PROXY_UPSTREAMS: 'static://202',
      OAUTH2_PROXY_WHITELIST_DOMAINS: host,
    };
    started(t, [oauth2Proxy], settings);
    await untilListening(proxyPort);
    await apply(...proxyObjects(namespace));
    const service = `kubectl get service oauth2-proxy -n ${namespace} -o jsonpath='{.spec.clusterIP}'`;
    const clusterIP = await pasted(service);

    // Without auth-signin: nginx of Debian lacks the directive set_escape_uri, which it needs.
    const annotation = `--annotation ${own('auth-url')}=http://${clusterIP}:${proxyPort}/oauth2/auth`;
    await pasted(
      `kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --host ${host} ${annotation} --wait=60s`,
    );
    const wide = await pasted(`kubectl skyports endpoints train -n ${namespace} -o wide`);
    t.regex(wide, / ACCESS .*\n.* external /);
    const [item] = JSON.parse(await pasted(`kubectl skyports endpoints train -n ${namespace} -o json`)).items;
    t.deepEqual(item.access, ['external']);
    const hidden = await pasted(`kubectl skyports endpoints train -n ${namespace} --access none -o name`);
    t.is(hidden, '');

    const at = `http://${item.address}${new URL(item.url).pathname}`;
    let refused = await call({ url: at, host });
    for (let tries = 0; tries < 80 && refused.status !== 401; tries++) {
      await new Promise((next) => setTimeout(next, 250));
      refused = await call({ url: at, host });
    }
    t.is(refused.status, 401, 'without a session');
    const start = `http://${host}/oauth2/start?rd=${encodeURIComponent(new URL(item.url).pathname)}`;
    const seen = await visit(start, { [host]: item.address });
    t.is(seen.status, 200, seen.steps.join('\n'));
    t.is(JSON.parse(seen.body).pod, `${nameOnCloud}-head`, 'after the login, the app answers');
    t.true(
      seen.steps.some((step) => step.includes(`:${providerPort}/interaction/`)),
      seen.steps.join('\n'),
    );

    const ingresses = JSON.parse(await pasted(`kubectl get ingresses -n ${namespace} -o json`)).items;
    const ours = ingresses.filter(({ metadata }: { metadata: { name: string } }) => metadata.name.includes('skyports'));
    for (const { metadata } of ours) t.true(own('auth-url') in metadata.annotations, metadata.name);
  });
}

/** oauth2-proxy runs on the node, outside of Kubernetes: a Service without a selector leads to it, and an Ingress. */
function proxyObjects(namespace: string): object[] {
  const metadata = { name: 'oauth2-proxy', namespace };
  const ports = [{ name: 'http', port: proxyPort, protocol: 'TCP' }];
  const backend = { service: { name: 'oauth2-proxy', port: { number: proxyPort } } };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'oauth2-proxy' } },
      addressType: 'IPv4',
      ports,
      endpoints: [{ addresses: [addresses.node] }],
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata,
      spec: {
        ingressClassName: 'nginx',
        rules: [{ host, http: { paths: [{ path: '/oauth2', pathType: 'Prefix', backend }] } }],
      },
    },
  ];
}
