import test, { type ExecutionContext } from 'ava';
import { type SkyPilotNames, skyIngress, skyPortService } from '../helpers/skypilot-objects.ts';
import { installIngressNginx } from '../node/ingress-nginx.ts';
import { nodePrograms } from '../node/programs.ts';
import { installTraefik } from '../node/traefik.ts';
import { diagnosed, untilDiagnosed } from './diagnosed.ts';
import { apply, call, isOurNode, pasted, reached, shell, untilReached } from './machine.ts';
import { appPort, skyCluster } from './sky-cluster.ts';

// Each is broken for real, found by `doctor`, and fixed by the very command that it prints (or by what its note says);
// then the port answers.

/** A SkyPilot cluster behind SkyPilot's own Ingress, and its URL, which answers. */
async function behindIngress(t: ExecutionContext): Promise<{ names: SkyPilotNames; url: string }> {
  const names = await skyCluster(t);
  await apply(skyPortService(names, appPort), skyIngress(names, [appPort]));
  await pasted(`kubectl skyports endpoints train -n ${names.namespace} --wait=60s`);
  const url = await urlOf(names);
  await untilReached(url);
  t.truthy(await reached(url), 'it works before it is broken');
  return { names, url };
}

async function urlOf({ namespace }: SkyPilotNames): Promise<string> {
  return (await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim();
}

/** What SkyPilot would print, and whether that answers. */
async function skyPilotsAnswer({ namespace }: SkyPilotNames): Promise<{ prints: string; answers: boolean }> {
  const { items } = JSON.parse(await pasted(`kubectl skyports endpoints train -n ${namespace} -o json`));
  const prints: string = items[0].skyPilot.prints ?? '';
  if (!prints.startsWith('http')) return { prints, answers: false };
  await untilReached(prints);
  return { prints, answers: (await reached(prints)) !== undefined };
}

function ingressClassOf(name: string): { apiVersion: string; kind: string; metadata: { name: string } } {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name } };
}

const controller = 'deployment/ingress-nginx-controller -n ingress-nginx';
const rolledOut = () => pasted(`kubectl rollout status ${controller} --timeout=60s`);

if (isOurNode) {
  test('the controller is scaled to zero', async (t) => {
    const { names, url } = await behindIngress(t);
    await pasted(
      `kubectl scale ${controller} --replicas=0 && kubectl wait --for=delete pod -n ingress-nginx -l app.kubernetes.io/component=controller --timeout=30s`,
    );
    t.teardown(() => pasted(`kubectl scale ${controller} --replicas=1`).then(rolledOut));
    const { rootCauses, command, note } = await untilDiagnosed(names.namespace, 'ingress-controller-running');
    t.deepEqual(rootCauses, ['ingress-controller-running']);
    t.is((await call({ url })).status, 0);
    t.regex(note, /with 0 replicas it runs none\nkubectl get deployments,daemonsets -n ingress-nginx/);
    t.regex(await pasted(command!), /ingress-nginx-controller +0\/0/);
    await pasted(`kubectl scale ${controller} --replicas=1`);
    await rolledOut();
    await untilReached(url);
    t.truthy(await reached(url));
    // Of this build of ingress-nginx weaknesses are known.
    t.deepEqual((await diagnosed(names.namespace)).rootCauses, []);
  });

  test("the controller's Service is turned into a NodePort: annotate fixes what SkyPilot prints", async (t) => {
    const { names } = await behindIngress(t);
    const service = 'service ingress-nginx-controller -n ingress-nginx';
    const type = (name: string) => pasted(`kubectl patch ${service} --type=merge -p '{"spec":{"type":"${name}"}}'`);
    await type('NodePort');
    t.teardown(async () => {
      await shell('kubectl skyports annotate --remove');
      await type('LoadBalancer');
    });
    const found = await untilDiagnosed(names.namespace, 'ingress-external-ip');
    t.is(found.rootCauses[0], 'ingress-external-ip');
    t.regex(found.message, /http:\/\/localhost:/);
    t.regex(found.command!, /^kubectl skyports annotate 172\.30\.0\.2/);
    await pasted(found.command!);
    const { prints, answers } = await skyPilotsAnswer(names);
    t.regex(prints, /^http:\/\/172\.30\.0\.2:\d+\/skypilot\//);
    t.true(answers, prints);
    t.false((await diagnosed(names.namespace)).rootCauses.includes('ingress-external-ip'));
  });

  test('the IngressClass is gone', async (t) => {
    const { names } = await behindIngress(t);
    const ingressClass = JSON.parse(await pasted('kubectl get ingressclass nginx -o json'));
    const { name, labels } = ingressClass.metadata;
    const whole = { ...ingressClass, metadata: { name, labels } };
    await pasted('kubectl delete ingressclass nginx');
    t.teardown(() => apply(whole));
    const { rootCauses, note, command } = await untilDiagnosed(names.namespace, 'ingress-class-exists');
    t.is(rootCauses[0], 'ingress-class-exists');
    t.regex(note, /^ingress-nginx is here \(Pod ingress-nginx\//);
    await pasted(command!);
    const url = await urlOf(names);
    await untilReached(url);
    t.truthy(await reached(url));
  });

  test('the class nginx belongs to Traefik, which really serves it', async (t) => {
    const { names, url } = await behindIngress(t);
    const ingressClass = JSON.parse(await pasted('kubectl get ingressclass nginx -o json'));
    const { name, labels } = ingressClass.metadata;
    const of = (by: string) => ({ ...ingressClass, metadata: { name, labels }, spec: { controller: by } });
    const become = async (by: string) => {
      // The field is immutable.
      await pasted('kubectl delete ingressclass nginx');
      await apply(of(by));
    };
    t.teardown(async () => {
      await shell('kubectl delete namespace traefik --timeout=60s');
      await become('k8s.io/ingress-nginx');
    });
    await become('traefik.io/ingress-controller');
    await installTraefik(await nodePrograms(() => {}));
    await pasted(
      `kubectl wait -n traefik service/traefik --for=jsonpath='{.status.loadBalancer.ingress}' --timeout=30s`,
    );
    const ip = await pasted(
      `kubectl get service -n traefik traefik -o jsonpath='{.status.loadBalancer.ingress[0].ip}'`,
    );
    const atTraefik = new URL(url);
    atTraefik.hostname = ip;
    let answer = await call({ url: atTraefik.href });
    for (let tries = 0; tries < 40 && answer.status === 0; tries++) answer = await call({ url: atTraefik.href });
    t.is(answer.status, 404, "Traefik reads SkyPilot's regular expression as it stands");
    const { rootCauses, message, command } = await untilDiagnosed(names.namespace, 'ingress-class-owned');
    t.is(rootCauses[0], 'ingress-class-owned');
    t.regex(message, /belongs to Traefik/);
    t.regex(command!, /^kubectl skyports expose train 8888 .*--mode nodeport$/);
    await pasted(`${command} --wait=30s`);
    const way = (await pasted(`kubectl skyports endpoints train -n ${names.namespace} --mode nodeport -o url`)).trim();
    await untilReached(way);
    t.truthy(await reached(way), 'another way in');
  });

  test("from ingress-nginx to Traefik's nginx provider: the signpost that is printed shows SkyPilot its address", async (t) => {
    t.timeout(180_000);
    const { names, url } = await behindIngress(t);
    const programs = await nodePrograms(() => {});
    const provider = { ...ingressClassOf('traefik-nginx'), spec: { controller: 'k8s.io/ingress-nginx' } };
    t.teardown(async () => {
      await shell('kubectl skyports annotate --remove-signpost');
      await shell('kubectl delete ingressclass traefik-nginx nginx');
      await shell('kubectl delete namespace traefik ingress-nginx --timeout=60s');
      await installIngressNginx(programs);
    });
    // What the printed Helm command makes: the provider beside ingress-nginx, and a class of its own.
    await installTraefik(programs, ['--providers.kubernetesingressnginx=true']);
    await apply(provider);
    await pasted(
      `kubectl wait -n traefik service/traefik --for=jsonpath='{.status.loadBalancer.ingress}' --timeout=30s`,
    );
    const ip = await pasted(
      `kubectl get service -n traefik traefik -o jsonpath='{.status.loadBalancer.ingress[0].ip}'`,
    );
    const atTraefik = new URL(url);
    atTraefik.hostname = ip;
    await untilReached(atTraefik.href);
    t.truthy(await reached(atTraefik.href), 'it serves the same Ingress beside ingress-nginx');
    const { stdout } = await shell(
      `kubectl skyports doctor train -n ${names.namespace} -o json --probe=false --only ingress-nginx-retired`,
    );
    const [{ cures }] = JSON.parse(stdout).checks.find(
      ({ id }: { id: string }) => id === 'ingress-nginx-retired',
    ).findings;
    const show: string = cures.at(-1).command;
    t.is(show, `kubectl skyports annotate --signpost ${ip} --ingress-class traefik-nginx`);
    await pasted('kubectl delete namespace ingress-nginx --timeout=60s');
    await pasted('kubectl delete ingressclass nginx');
    await pasted('kubectl delete validatingwebhookconfiguration ingress-nginx-admission');
    await pasted(show);
    const { prints, answers } = await skyPilotsAnswer(names);
    t.true(prints.startsWith(`http://${ip}/skypilot/`), prints);
    t.true(answers, prints);
    t.deepEqual((await diagnosed(names.namespace)).rootCauses, []);
  });

  test('an Ingress of a class that no controller serves', async (t) => {
    t.timeout(300_000);
    const names = await skyCluster(t);
    const ofNobody = { ...ingressClassOf('nobody'), spec: { controller: 'example.com/nobody' } };
    const ingress = skyIngress(names, [appPort]);
    await apply(ofNobody, skyPortService(names, appPort), {
      ...ingress,
      spec: { ...ingress.spec, ingressClassName: 'nobody' },
    });
    t.teardown(() => pasted('kubectl delete ingressclass nobody'));
    // Controllers write addresses within a minute; for two minutes nothing is said.
    t.false((await diagnosed(names.namespace)).rootCauses.includes('ingress-served'));
    await new Promise((next) => setTimeout(next, 125_000));
    const { rootCauses, message, note } = await untilDiagnosed(names.namespace, 'ingress-served');
    t.is(rootCauses[0], 'ingress-served');
    t.regex(message, /controller example\.com\/nobody, which this plugin does not know/);
    const expose = /^kubectl skyports expose train 8888 .* --ingress-class nginx --beside-skypilot$/m.exec(note)?.[0];
    await pasted(`${expose} --wait=60s`);
    const urls = (await pasted(`kubectl skyports endpoints train -n ${names.namespace} -o url`)).trim().split('\n');
    const ours = urls.find((each) => each.includes('/skyports/'))!;
    await untilReached(ours);
    t.truthy(await reached(ours));
  });

  test('the backend Service is deleted', async (t) => {
    const { names } = await behindIngress(t);
    await pasted(`kubectl delete service -n ${names.namespace} ${names.nameOnCloud}--skypilot-svc--${appPort}`);
    const { rootCauses, command } = await untilDiagnosed(names.namespace, 'ingress-backend-exists');
    t.is(rootCauses[0], 'ingress-backend-exists');
    t.regex(command!, /^kubectl skyports expose train 8888 .*--mode ingress$/);
    await pasted(`${command} --wait=60s`);
    const urls = (await pasted(`kubectl skyports endpoints train -n ${names.namespace} -o url`)).trim().split('\n');
    const ours = urls.find((each) => each.includes('/skyports/'))!;
    await untilReached(ours);
    t.truthy(await reached(ours));
  });

  test("the admission webhook's Service is gone: the command takes the webhook away, and expose works again", async (t) => {
    const { names } = await behindIngress(t);
    const get = async (what: string) => JSON.parse(await pasted(`kubectl get ${what} -o json`));
    const cleaned = ({ apiVersion, kind, metadata, ...rest }: Record<string, never>) => {
      const { name, namespace, labels } = metadata as unknown as { name: string; namespace?: string; labels: object };
      return { apiVersion, kind, metadata: { name, namespace, labels }, ...rest };
    };
    const webhook = cleaned(await get('validatingwebhookconfiguration ingress-nginx-admission'));
    const { spec, ...service } = cleaned(
      await get('service ingress-nginx-controller-admission -n ingress-nginx'),
    ) as never as {
      spec: { ports: object; selector: object };
    };
    const admission = { ...service, spec: { ports: spec.ports, selector: spec.selector }, status: undefined };
    await pasted('kubectl delete service ingress-nginx-controller-admission -n ingress-nginx');
    t.teardown(() => apply(admission, webhook));
    const refused = await shell(`kubectl skyports expose train 9000 -n ${names.namespace} --mode ingress --wait=0`);
    t.is(refused.code, 1);
    const { rootCauses, command } = await untilDiagnosed(names.namespace, 'ingress-nginx-admission');
    t.is(rootCauses[0], 'ingress-nginx-admission');
    await pasted(command!);
    await pasted(`kubectl skyports expose train 9000 -n ${names.namespace} --mode ingress --wait=0`);
  });
}

if (isOurNode) {
  test('the controller is in another namespace: a signpost fixes what SkyPilot prints', async (t) => {
    const { names } = await behindIngress(t);
    const programs = await nodePrograms(() => {});
    const [here, elsewhere] = ['ingress-nginx', 'ingress-elsewhere'];
    await pasted(`kubectl delete namespace ${here} --timeout=60s`);
    await installIngressNginx(programs, elsewhere);
    t.teardown(async () => {
      await shell('kubectl skyports annotate --remove-signpost');
      await pasted(`kubectl delete namespace ${elsewhere} --timeout=60s`);
      await shell(`kubectl delete namespace ${here} --timeout=60s`);
      await installIngressNginx(programs, here);
    });
    const found = await untilDiagnosed(names.namespace, 'ingress-controller-service');
    t.is(found.rootCauses[0], 'ingress-controller-service');
    t.is((await skyPilotsAnswer(names)).prints, '', 'SkyPilot finds no controller and prints nothing');
    t.regex(found.command!, /^kubectl skyports annotate --signpost 172\.30\.0\.\d+/);
    await pasted(found.command!);
    const { prints, answers } = await skyPilotsAnswer(names);
    t.regex(prints, /^http:\/\/172\.30\.0\.\d+\/skypilot\//);
    t.true(answers, prints);
    t.false((await diagnosed(names.namespace)).rootCauses.includes('ingress-controller-service'));
  });
}

test('the head Pod is not ready', async (t) => {
  const { names, url } = await behindIngress(t);
  const ready = (status: string) => {
    const patch = JSON.stringify({ status: { conditions: [{ type: 'Ready', status, reason: 'Tried' }] } });
    return pasted(
      `kubectl patch pod ${names.nameOnCloud}-head -n ${names.namespace} --subresource=status -p '${patch}'`,
    );
  };
  // The kubelet writes the truth again within seconds, on a busy machine before the doctor has looked.
  let found = await diagnosed(names.namespace);
  for (let tries = 0; tries < 20 && found.rootCauses[0] !== 'head-pod-ready'; tries++) {
    await ready('False');
    found = await diagnosed(names.namespace);
  }
  const { rootCauses, command } = found;
  t.is(rootCauses[0], 'head-pod-ready');
  // Its events are in the finding already, if it has any: then the log is what can show more.
  t.regex(command!, /^kubectl (?:describe pod|logs) \S+-head -n /);
  await pasted(command!);
  await ready('True');
  await untilReached(url);
  t.truthy(await reached(url));
});
