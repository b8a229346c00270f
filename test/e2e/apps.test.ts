import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Browser } from 'playwright-core';
import { appNamed } from '../../src/apps/all-apps.ts';
import { type AppSet, type InstalledApps, installApps } from '../apps/installed.ts';
import { nodePrograms } from '../node/programs.ts';
import { installTraefik } from '../node/traefik.ts';
import { allApps } from './apps/all-apps.ts';
import type { App, Place } from './apps/app.ts';
import { startBrowser, type Visit, visit } from './apps/browser.ts';
import { type Controller, openedApp, type Way } from './apps/ways.ts';
import { type Failed, failedChecks } from './diagnosed.ts';
import { apply, clientsPython, isOurNode, pasted, shell } from './machine.ts';

// Real apps, started as the plugin says, and used in a real browser through real controllers. They run beside one another,
// each in a SkyPilot cluster of its own; each test looks at what became of one.

/** Of the two cores. */
const atOnce = 4;

const sets: readonly AppSet[] = process.env.SKYPORTS_APPS === 'all' ? ['few', 'more'] : ['few'];
const apps = allApps.filter(({ set }) => sets.includes(set));
const traefik = {
  namespace: 'traefik',
  ingressClass: 'traefik-nginx',
  controller: 'rke2.cattle.io/ingress-nginx-migration',
};

/** Checks that warn of the node's controllers themselves, whatever app is behind them. */
const ofController = ['ingress-nginx-version'];

interface Trial {
  readonly app: App;
  readonly way: Pick<Way, 'name' | 'by'> & { readonly controller: 'ingress-nginx' | 'Traefik' };
}

const ways: readonly Trial['way'][] = [
  { name: 'ingress-nginx', by: 'path', controller: 'ingress-nginx' },
  { name: "Traefik's nginx provider", by: 'path', controller: 'Traefik' },
  { name: 'ingress-nginx, a host for the port', by: 'host', controller: 'ingress-nginx' },
  { name: "Traefik's nginx provider, a host for the port", by: 'host', controller: 'Traefik' },
  { name: "SkyPilot's own Ingress", by: 'skypilot', controller: 'ingress-nginx' },
];

// The one that takes longest, first.
const ordered = [...apps].sort((a, b) => Number(b.name === 'fastapi') - Number(a.name === 'fastapi'));
const only = process.env.SKYPORTS_APPS_ONLY;
const trials: readonly Trial[] = ways
  .flatMap((way) => ordered.map((app) => ({ app, way })))
  .filter(({ app, way }) => isTried(app, way))
  .filter(({ app, way }) => only === undefined || new RegExp(only).test(`${app.name} ${way.controller} ${way.by}`));

/** Of the few, a host is tried where it matters most. */
function isTried({ websocket }: App, { by, controller }: Trial['way']): boolean {
  return by !== 'host' || sets.includes('more') || (websocket === true && controller === 'ingress-nginx');
}

interface Rig {
  readonly installed: Readonly<Partial<Record<AppSet, InstalledApps>>>;
  readonly controllers: Readonly<Record<Trial['way']['controller'], Controller>>;
  readonly browser: Browser;
}

async function rig(): Promise<Rig> {
  const installed: Partial<Record<AppSet, InstalledApps>> = {};
  for (const set of sets) installed[set] = await installApps(set, (what) => process.stderr.write(`${what}\n`));
  const nginx = await controller('nginx', 'ingress-nginx-controller', 'ingress-nginx');
  const isTraefikTried = trials.some(({ way }) => way.controller === 'Traefik');
  const controllers = { 'ingress-nginx': nginx, Traefik: isTraefikTried ? await traefikController() : nginx };
  const names = Object.values(controllers).map(({ domain, address }) => [`*.${domain}`, address]);
  return { installed, controllers, browser: await startBrowser(Object.fromEntries(names)) };
}

async function traefikController(): Promise<Controller> {
  await installTraefik(await nodePrograms(() => {}), [
    '--providers.kubernetesingressnginx=true',
    `--providers.kubernetesingressnginx.controllerclass=${traefik.controller}`,
    `--providers.kubernetesingressnginx.publishservice=${traefik.namespace}/traefik`,
  ]);
  await apply({
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: traefik.ingressClass } },
    spec: { controller: traefik.controller },
  });
  return controller(traefik.ingressClass, 'traefik', traefik.namespace);
}

async function controller(ingressClass: string, service: string, namespace: string): Promise<Controller> {
  const ip = '{.status.loadBalancer.ingress[0].ip}';
  await pasted(`kubectl wait service/${service} -n ${namespace} --for=jsonpath='${ip}' --timeout=60s`);
  const address = await pasted(`kubectl get service ${service} -n ${namespace} -o jsonpath='${ip}'`);
  return { ingressClass, address, domain: `${ingressClass}.example.com` };
}

interface Tried extends Visit {
  readonly seconds: number;
  /** What `doctor` says of the port; only behind SkyPilot's own Ingress. */
  readonly said: readonly Failed[];
}

async function tried({ app, way }: Trial, index: number, { installed, controllers, browser }: Rig): Promise<Tried> {
  const programs = installed[app.set]!;
  const namespace = `apps-${process.pid}-${index}`;
  const started = performance.now();
  try {
    const url = await openedApp(namespace, app, { ...way, controller: controllers[way.controller] }, programs);
    const names = { [new URL(url).hostname]: controllers[way.controller].address };
    const place: Place = {
      base: url.replace(/\/?$/, '/'),
      python: (source, env = {}) => clientsPython(programs, source, { env, names }),
    };
    const pictures = process.env.SKYPORTS_APPS_PICTURES;
    if (pictures) mkdirSync(pictures, { recursive: true });
    const shot = pictures && join(pictures, `${app.name}-${way.controller}-${way.by}.png`);
    const visited = await visit(browser, app, url, place, shot);
    const said = way.by === 'skypilot' ? await failedChecks(namespace, app.port) : [];
    return { ...visited, said, seconds: (performance.now() - started) / 1000 };
  } finally {
    await shell(`kubectl delete namespace ${namespace} --wait=false`);
  }
}

if (isOurNode) {
  const seen = trials.map(() => Promise.withResolvers<Tried>());
  // Who awaits it is told.
  for (const { promise } of seen) promise.catch(() => {});
  let made: Rig | undefined;

  test.before(async (t) => {
    t.timeout(600_000);
    made = await rig();
    let next = 0;
    const worker = async () => {
      for (let index = next++; index < trials.length; index = next++) {
        await tried(trials[index]!, index, made!).then(seen[index]!.resolve, seen[index]!.reject);
      }
    };
    for (let workers = 0; workers < atOnce; workers++) void worker();
  });

  test.after.always('the browser, Traefik and its class go', async (t) => {
    t.timeout(120_000);
    await made?.browser.close();
    await shell(`kubectl delete ingressclass ${traefik.ingressClass}`);
    await shell(`kubectl delete namespace ${traefik.namespace} --timeout=60s`);
  });

  for (const [index, { app, way }] of trials.entries()) {
    test(`${app.name} through ${way.name}`, async (t) => {
      t.timeout(600_000);
      const { failed, problems, requests, websockets, seconds, said } = await seen[index]!.promise;
      t.log(`${requests} requests, ${websockets} frames of websockets, ${seconds.toFixed(0)} s`);
      if (way.by === 'skypilot') {
        for (const { id, severity, message } of said) t.log(`doctor: ${id} (${severity}): ${message}`);
        t.deepEqual(
          said.filter(({ id, severity }) => severity !== 'info' && !ofController.includes(id)).map(({ id }) => id),
          app.diagnosedBehindSkyPilots ?? [],
        );
      }
      if (way.by === 'skypilot' && app.breaksBehindSkyPilots) {
        t.regex([failed, ...problems].join('\n'), app.breaksBehindSkyPilots);
        // Limits of time and size are information, since many apps never reach them.
        const warns = app.diagnosedBehindSkyPilots?.find((each) => each === 'app-served-under-prefix');
        const id = warns ?? 'ingress-nginx-defaults';
        const cures = said.find((each) => each.id === id)?.cures;
        t.regex(
          cures ?? '',
          new RegExp(
            `expose train ${app.port} .*--(app ${app.name}|beside-skypilot)|start ${appNamed(app.name)?.title} with`,
          ),
        );
        return;
      }
      t.deepEqual({ failed, problems }, { failed: undefined, problems: [] });
    });
  }
}
