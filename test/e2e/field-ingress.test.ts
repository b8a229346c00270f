import test, { type ExecutionContext } from 'ava';
import { until } from '../cluster/until.ts';
import { type SkyPilotNames, skyIngress, skyPortService } from '../helpers/skypilot-objects.ts';
import { diagnosed, untilDiagnosed } from './diagnosed.ts';
import { controllerService, controllerSettings, frontWith } from './front.ts';
import { apply, call, isOurNode, pasted, reached, untilReached } from './machine.ts';
import { appPort, skyCluster } from './sky-cluster.ts';

// Situations that people reported of ingress controllers, made for real: what answers is the controller, not the app, or
// nothing at all. Each is found by `doctor`, and fixed by what it prints or passed by the other way in that it prints.

interface Opened {
  readonly names: SkyPilotNames;
  readonly namespace: string;
  readonly url: string;
}

/** A SkyPilot cluster behind ingress-nginx, which answers. */
async function opened(t: ExecutionContext): Promise<Opened> {
  const names = await skyCluster(t);
  const { namespace } = names;
  await pasted(`kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --wait=60s`);
  const url = await urlOf(namespace);
  await untilReached(url);
  return { names, namespace, url };
}

async function urlOf(namespace: string): Promise<string> {
  return (await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim();
}

async function isHealthy(t: ExecutionContext, namespace: string): Promise<void> {
  t.deepEqual((await diagnosed(namespace, '--probe')).rootCauses, []);
}

/** Waits until nginx has loaded its settings: calls meet what they are to meet. */
function untilMet(what: string, url: string, isIt: (met: { status: number }) => boolean): Promise<unknown> {
  return until(what, async () => isIt(await call({ url })), { everyMs: 250, withinMs: 60_000 });
}

if (isOurNode) {
  test('ingress-nginx waits for a PROXY protocol header that nobody sends: without it, it answers', async (t) => {
    const { namespace, url } = await opened(t);
    await controllerSettings(t, { 'use-proxy-protocol': 'true' });
    await untilMet('nginx closes the connection', url, ({ status }) => status === 0);
    const found = await untilDiagnosed(namespace, 'proxy-protocol-agreed', '--probe', /closed without an answer/);
    t.is(found.rootCauses[0], 'proxy-protocol-agreed');
    t.regex(
      found.message,
      /ingress-nginx expects a PROXY protocol header on each connection \(use-proxy-protocol in ConfigMap ingress-nginx\/ingress-nginx-controller\), and no annotation of Service ingress-nginx\/ingress-nginx-controller makes its load balancer send one/,
    );
    t.regex(
      found.command!,
      /^kubectl patch configmap ingress-nginx-controller -n ingress-nginx .*"use-proxy-protocol":"false"/,
    );
    await pasted(found.command!);
    await untilReached(url);
    t.truthy(await reached(url));
    await isHealthy(t, namespace);
  });

  test('the load balancer sends a PROXY protocol header that ingress-nginx does not expect: told so, it answers', async (t) => {
    const { namespace } = await opened(t);
    await controllerSettings(t, {});
    const { address } = await frontWith(t, 'proxy-protocol');
    const url = await urlOf(namespace);
    t.is(new URL(url).hostname, address);
    await untilMet('nginx rejects the header as a malformed request', url, ({ status }) => status === 400);
    const found = await untilDiagnosed(namespace, 'proxy-protocol-agreed', '--probe', /answered with 400/);
    t.is(found.rootCauses[0], 'proxy-protocol-agreed');
    t.regex(
      found.message,
      /the load balancer of Service ingress-nginx\/ingress-nginx-controller begins each connection with a PROXY protocol header \(annotation load-balancer\.hetzner\.cloud\/uses-proxyprotocol\), and ingress-nginx does not expect it: ConfigMap ingress-nginx\/ingress-nginx-controller has no use-proxy-protocol/,
    );
    t.regex(
      found.command!,
      /^kubectl patch configmap ingress-nginx-controller -n ingress-nginx .*"use-proxy-protocol":"true"/,
    );
    await pasted(found.command!);
    await untilReached(url);
    t.truthy(await reached(url));
    await isHealthy(t, namespace);
  });

  test('a redirect loop behind a load balancer that ends TLS: with its headers believed, and without the redirect, it answers', async (t) => {
    const { namespace } = await opened(t);
    await controllerSettings(t, { 'force-ssl-redirect': 'true' });
    const { address, authority, annotation } = await frontWith(t, 'tls');
    const url = await urlOf(namespace);
    t.is(new URL(url).hostname, address);
    const secure = url.replace('http:', 'https:');
    const isLooping = async () => (await call({ url: secure, authority })).status === 308;
    const untilLooping = () => until('https leads to itself', isLooping, { everyMs: 250, withinMs: 60_000 });
    await untilLooping();
    const found = await untilDiagnosed(namespace, 'https-redirect-ends', '--probe', /answered with 308/);
    t.is(found.rootCauses[0], 'https-redirect-ends');
    t.regex(
      found.message,
      /the load balancer of Service ingress-nginx\/ingress-nginx-controller ends TLS \(annotation load-balancer\.hetzner\.cloud\/http-certificates\), so the controller sees every call as plain HTTP, and ConfigMap ingress-nginx\/ingress-nginx-controller has force-ssl-redirect: it redirects callers to https again and again; a call of http:\/\/\S+ \(port 8888\) is answered with 308/,
    );
    t.regex(found.command!, /^kubectl patch configmap ingress-nginx-controller .*"use-forwarded-headers":"true"/);
    await pasted(found.command!);
    await untilReached(secure, { authority });
    t.truthy(await reached(secure, { authority }));
    t.is((await call({ url })).status, 308, 'the one redirect that is meant');
    t.false((await diagnosed(namespace, '--probe')).rootCauses.includes('https-redirect-ends'));

    // The same, where no annotation says what ends TLS.
    await controllerSettings(t, { 'use-forwarded-headers': 'false' });
    await pasted(`kubectl annotate ${controllerService} ${annotation}-`);
    await untilLooping();
    const unsaid = await untilDiagnosed(namespace, 'http-answers', '--probe', /circle/);
    t.is(unsaid.rootCauses[0], 'http-answers');
    t.regex(
      unsaid.message,
      /ingress-nginx itself redirects back to https:\/\/\S+: no caller gets through \(308 of http:\/\/\S+, port 8888\): ConfigMap ingress-nginx\/ingress-nginx-controller has force-ssl-redirect/,
    );
    t.regex(unsaid.command!, /^kubectl patch configmap ingress-nginx-controller .*"force-ssl-redirect":"false"/);
    await pasted(unsaid.command!);
    await untilReached(url);
    t.truthy(await reached(url));
  });

  test("a body over 1 MB is refused by SkyPilot's Ingress, and passes the one that is printed", async (t) => {
    const names = await skyCluster(t);
    const { namespace } = names;
    await apply(skyPortService(names, appPort), skyIngress(names, [appPort]));
    await pasted(`kubectl skyports endpoints train -n ${namespace} --wait=60s`);
    const url = await urlOf(namespace);
    await untilReached(url);
    const bytes = 2_000_000;
    const send = (to: string) => call({ url: `${to}/upload`, as: 'upload', bytes });
    t.is((await send(url)).status, 413);
    const { message, command, note } = await diagnosed(namespace, '--probe', 'ingress-nginx-defaults');
    t.regex(message, /Ingress \S+-skypilot-ingress/);
    t.regex(message, /refuses a request body of more than 1 MB \(413\)/);
    t.regex(note, /nginx\.ingress\.kubernetes\.io\/proxy-body-size: "0"/);
    t.regex(command!, /^kubectl skyports expose train 8888 -n \S+ --mode ingress --\S+$/);
    await pasted(`${command} --wait=60s`);
    const beside = (await urlOf(namespace)).split('\n').find((each) => each.includes('/skyports/'))!;
    await untilReached(beside);
    t.deepEqual(await send(beside), { status: 200, body: String(bytes) });
    t.is((await send(url)).status, 413, "SkyPilot's own has the limit still");
  });
}
