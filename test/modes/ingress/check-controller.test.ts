import test from 'ava';
import { command } from '../../../src/errors/cure.ts';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { signpostService, signpostStatus } from '../../../src/exposure/controllers/signpost.ts';
import { ask, base } from '../../helpers/ingress-plans.ts';
import { published } from '../../helpers/ingress-world.ts';
import type { KubernetesObject } from '../../helpers/look.ts';
import { exposed, planAt, train } from '../../helpers/requests.ts';
import { ingressClass, skyPod } from '../../helpers/skypilot-objects.ts';

const lonely: KubernetesObject[] = [skyPod(train), ingressClass()];
const signpost = { ...signpostService(), kind: 'Service', status: signpostStatus('203.0.113.7') } as KubernetesObject;

test("an Ingress that no controller's Service would serve is refused, with what works", (t) => {
  const error = t.throws(() => planAt(lonely, ask({ ports: '80:8888' })), { instanceOf: UsageError });
  t.is(error.code, 'controller-service-missing');
  t.regex(error.message, /^no Service of ingress-nginx, which serves IngressClass nginx, exists/);
  t.deepEqual(
    error.cures.flatMap((each) => each.command ?? []),
    [
      command`kubectl skyports annotate --signpost ADDRESS`,
      command`kubectl skyports expose train 80:8888 -n default --mode nodeport`,
    ],
  );
});

const written: Readonly<Record<string, readonly KubernetesObject[]>> = {
  "the controller's Service": base,
  'a signpost': [...lonely, signpost],
  'another Ingress of the class that shows an address': [...lonely, published({ ip: '203.0.113.9' })],
  'an unknown controller': [skyPod(train), ingressClass('nginx', 'ingress.k8s.aws/alb')],
};
for (const [title, objects] of Object.entries(written)) {
  test(`${title}: written`, (t) => t.is(planAt(objects, ask({ rewrite: 'keep' })).writes.length, 2));
}

test('--force, and an Ingress that exists already: written', (t) => {
  t.is(planAt(lonely, ask({ force: true })).writes.length, 3);
  const kept = exposed(base, ask()).filter(({ metadata }) => metadata?.namespace !== 'ingress-nginx');
  t.notThrows(() => planAt(kept, ask({ ports: '9000' })));
});

test('controllers that may not be seen are believed', (t) => {
  t.is(planAt(lonely, ask(), { unseen: ['controllerServices'] }).writes.length, 3);
});
