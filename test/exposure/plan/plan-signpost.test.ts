import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { IngressClass } from 'kubernetes-types/networking/v1';
import type { Cure } from '../../../src/errors/cure.ts';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { signpostIngressClass, signpostService, signpostStatus } from '../../../src/exposure/controllers/signpost.ts';
import { planSignpost, type SignpostNote, type SignpostState } from '../../../src/exposure/plan/plan-signpost.ts';
import { planSignpostRemoval } from '../../../src/exposure/plan/plan-signpost-removal.ts';
import { printedForIngress } from '../../../src/skypilot/printed-endpoint.ts';
import { forbidden, seen } from '../../helpers/look.ts';
import { ingressClass, ingressNginxService, skyIngress, skyNames } from '../../helpers/skypilot-objects.ts';

const scene = (classes: readonly IngressClass[], service?: Service): SignpostState => ({
  service,
  namespaceExists: true,
  ingressClasses: seen(classes),
});
const request = (named?: string) => ({ address: '203.0.113.7', ingressClass: named, force: false });
const factsOf = ({ notes }: { readonly notes: readonly SignpostNote[] }) => notes.map(({ fact }) => fact).join('\n');
const commandsOf = ({ cures }: { readonly cures: readonly Cure[] }) => cures.map(({ command }) => command);
const outline = ({ writes }: ReturnType<typeof planSignpost>) => writes.map(({ kind, effect }) => `${kind} ${effect}`);

/** A signpost as it stands. */
const standing = (address: string): Service => {
  const service = signpostService();
  return {
    ...service,
    metadata: { ...service.metadata!, uid: 'u', resourceVersion: '9' },
    status: signpostStatus(address) as NonNullable<Service['status']>,
  };
};

test('where the class nginx is there, only the Service is made', (t) => {
  const plan = planSignpost(scene([ingressClass()]), request());
  t.deepEqual(outline(plan), ['Service created']);
  t.deepEqual(plan.notes, []);
});

test('a missing namespace is made first', (t) => {
  const plan = planSignpost({ ...scene([ingressClass()]), namespaceExists: false }, request());
  t.deepEqual(outline(plan), ['Namespace created', 'Service created']);
});

test('a missing class nginx gets the controller of the only other, and it is said', (t) => {
  const plan = planSignpost(scene([ingressClass('webapprouting', 'webapprouting/nginx')]), request());
  t.deepEqual(outline(plan), ['IngressClass created', 'Service created']);
  const made = plan.writes[0]!.manifest as IngressClass;
  t.is(made.metadata?.name, 'nginx');
  t.is(made.spec?.controller, 'webapprouting/nginx');
  t.regex(factsOf(plan), /gets the controller of IngressClass webapprouting, webapprouting\/nginx/);
});

test('several classes of one controller leave no doubt; of several, one has to be named', (t) => {
  const traefik = ingressClass('traefik', 'traefik.io/ingress-controller');
  const classes = [ingressClass('internal'), ingressClass('public')];
  t.deepEqual(outline(planSignpost(scene(classes), request())), ['IngressClass created', 'Service created']);
  const error = t.throws<UsageError>(() => planSignpost(scene([traefik, ...classes]), request()), {
    instanceOf: UsageError,
    message: /traefik \(traefik\.io\S+\), internal \(k8s\.io\/ingress-nginx\)/,
  });
  t.is(error.code, 'ambiguous-ingress-class');
  t.deepEqual(
    commandsOf(error),
    ['internal', 'public'].map((name) => `kubectl skyports annotate --signpost 203.0.113.7 --ingress-class ${name}`),
    'Traefik would not serve them',
  );
  const named = planSignpost(scene([...classes, traefik]), request('public'));
  t.is((named.writes[0]!.manifest as IngressClass).spec?.controller, 'k8s.io/ingress-nginx');
  t.throws(() => planSignpost(scene(classes), request('nope')), {
    message: /IngressClass nope does not exist; existing classes: internal, public/,
  });
});

test('a controller known to ignore nginx annotations is refused, with --force it is warned of', (t) => {
  for (const classes of [
    [ingressClass('nginx', 'nginx.org/ingress-controller')],
    [ingressClass('t', 'traefik.io/ingress-controller')],
  ]) {
    const error = t.throws<UsageError>(() => planSignpost(scene(classes), request()), {
      instanceOf: UsageError,
      message: /^(F5|Traefik).* does not read/,
    });
    t.is(error.code, 'controller-ignores-annotations');
    t.deepEqual(commandsOf(error), ['kubectl skyports expose SKYCLUSTER PORT --mode loadbalancer', null]);
    t.regex(error.cures[1]?.note ?? '', /--force/);
    const forced = planSignpost(scene(classes), { ...request(), force: true });
    t.regex(factsOf(forced), /^warning: (F5|Traefik).* does not read/m);
    t.is(forced.writes.at(-1)?.kind, 'Service');
  }
});

test('without any class nothing would serve, so nothing is made', (t) => {
  t.throws(() => planSignpost(scene([]), request()), { instanceOf: UsageError, message: /there is no IngressClass/ });
});

test('a class nginx of another controller is not changed', (t) => {
  const classes = [ingressClass('nginx', 'nginx.org/ingress-controller'), ingressClass('real')];
  t.throws(() => planSignpost(scene(classes), request('real')), {
    message: /nginx exists already.*nginx\.org/,
  });
  t.deepEqual(outline(planSignpost(scene(classes), { ...request(), force: true })), ['Service created']);
});

test('classes that may not be seen cost a warning, not the signpost', (t) => {
  const plan = planSignpost({ ...scene([]), ingressClasses: forbidden('ingressclasses') }, request());
  t.deepEqual(outline(plan), ['Service created']);
  t.regex(factsOf(plan), /^warning: ingressclasses were not seen/);
  t.deepEqual(plan.notes.flatMap(commandsOf), ['kubectl get ingressclass nginx']);
});

test('a Service of somebody else is never written', (t) => {
  for (const service of [ingressNginxService(), { ...signpostService(), spec: { type: 'LoadBalancer' } }]) {
    const error = t.throws<UsageError>(() => planSignpost(scene([ingressClass()], service), request()), {
      instanceOf: UsageError,
      message: /was not made by kubectl skyports/,
    });
    t.deepEqual(commandsOf(error), ['kubectl skyports annotate 203.0.113.7']);
    t.throws(() => planSignpostRemoval(scene([], service), seen([])), { message: /is not a signpost/ });
  }
});

test('ours is given the new address, against the version that was seen', (t) => {
  const [write] = planSignpost(scene([ingressClass()], standing('198.51.100.1')), request()).writes;
  t.is(write!.effect, 'changed');
  t.is(write!.manifest.metadata?.resourceVersion, '9');
  t.deepEqual(write!.status, { loadBalancer: { ingress: [{ ip: '203.0.113.7', ipMode: 'Proxy' }] } });
});

test('a host name is a host name in the status', (t) => {
  t.deepEqual(signpostStatus('GPU.example.com'), { loadBalancer: { ingress: [{ hostname: 'gpu.example.com' }] } });
});

test("SkyPilot's own rules print a signpost's address", (t) => {
  const subject = { namespace: 'ml', nameOnCloud: 'train-2ea485ef', port: 8888 };
  for (const address of ['203.0.113.7', 'gpu.example.com']) {
    const { prints } = printedForIngress(seen([standing(address)]), subject);
    t.is(prints, `http://${address}/skypilot/ml/train-2ea485ef/8888`);
  }
});

test('a removal takes the Service, and the class when no Ingress uses it', (t) => {
  const ours = signpostIngressClass(ingressClass('public'));
  const here = scene([ingressClass('public'), ours], standing('203.0.113.7'));
  const kinds = (plan: ReturnType<typeof planSignpostRemoval>) => plan.removals.map(({ kind }) => kind);
  t.deepEqual(kinds(planSignpostRemoval(here, seen([]))), ['Service', 'IngressClass']);
  const used = planSignpostRemoval(here, seen([skyIngress(skyNames('ml', 'train'), [8888])]));
  t.deepEqual(kinds(used), ['Service']);
  t.deepEqual(used.notes.flatMap(commandsOf), ['kubectl delete ingressclass nginx --interactive']);
  t.regex(factsOf(used), /stays: Ingress ml\/train-2ea485ef-skypilot-ingress uses it/);
  const blind = planSignpostRemoval(here, forbidden('ingresses'));
  t.deepEqual(kinds(blind), ['Service']);
  t.regex(factsOf(blind), /not seen/);
});

test('a class nginx that is not ours stays, and where nothing is ours nothing goes', (t) => {
  t.deepEqual(planSignpostRemoval(scene([ingressClass()]), seen([])), { removals: [], notes: [] });
});
