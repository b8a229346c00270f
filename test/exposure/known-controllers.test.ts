import test from 'ava';
import { controllerNamed, controllerOfClassName } from '../../src/exposure/controllers/ingress-controllers.ts';
import { ingressControllers } from '../../src/exposure/controllers/known-controllers.ts';
import { allPlatforms } from '../../src/platforms/all-platforms.ts';

/** `spec.controller` as the projects' own manifests, charts and operators write it. */
const written = [
  ['k8s.io/ingress-nginx', 'ingress-nginx'],
  ['traefik.io/ingress-controller', 'Traefik'],
  ['rke2.cattle.io/ingress-nginx-migration', "Traefik's nginx provider"],
  ['nginx.org/ingress-controller', "F5's NGINX Ingress Controller"],
  ['webapprouting.kubernetes.azure.com/nginx', "AKS's application routing"],
  ['openshift.io/ingress-to-route', "OpenShift's router"],
  ['haproxy.org/ingress-controller', "HAProxy Technologies' ingress controller"],
  ['haproxy.org/ingress-controller/prod', "HAProxy Technologies' ingress controller"],
  ['haproxy-ingress.github.io/controller', 'HAProxy Ingress'],
  ['haproxy-ingress.github.io/controller/staging', 'HAProxy Ingress'],
  ['ingress-controllers.konghq.com/kong', 'Kong'],
  ['k8s.io/ingress-gce', 'GKE Ingress'],
  ['ingress.k8s.aws/alb', 'AWS Load Balancer Controller'],
  ['eks.amazonaws.com/alb', 'AWS Load Balancer Controller'],
  ['projectcontour.io/ingress-controller', 'Contour'],
  ['istio.io/ingress-controller', 'Istio'],
  ['cilium.io/ingress-controller', 'Cilium'],
  ['tailscale.com/ts-ingress', 'the Tailscale operator'],
  // Public mistakes and strangers, which no product has.
  ['k8s.io/nginx-ingress', undefined],
  ['nginx', undefined],
  ['example.com/mine', undefined],
  ['haproxy.org/ingress-controllers', undefined],
] as const;

for (const [controller, product] of written) {
  test(`${controller}: ${product ?? 'unknown'}`, (t) => {
    t.is(controllerNamed(controller)?.product, product);
  });
}

test('every product is in the list of what is written', (t) => {
  const products = new Set<string | undefined>(written.map(([, product]) => product));
  for (const { product } of ingressControllers) t.true(products.has(product), product);
});

test('a controller that ignores the annotations says what it makes of the path, and each has a source', (t) => {
  for (const { product, readsNginxAnnotations, ofRegexPath, sources, serviceLabels } of ingressControllers) {
    t.is(ofRegexPath === undefined, readsNginxAnnotations, product);
    t.true(sources.length > 0, product);
    // One list request selects the Services of all by this label. The Pods of a platform's own may have another.
    for (const labels of serviceLabels) {
      const [key, value] = Object.entries(labels)[0]!;
      const isOfPlatform = allPlatforms.some(({ ingress }) => ingress?.podSelector === `${key}=${value}`);
      t.true(key === 'app.kubernetes.io/name' || isOfPlatform, `${product}: ${key}=${value}`);
    }
  }
});

test('a value of the old annotation has at most one product', (t) => {
  t.is(controllerOfClassName('gce-internal')?.product, 'GKE Ingress');
  t.is(controllerOfClassName('alb')?.product, 'AWS Load Balancer Controller');
  t.is(controllerOfClassName('mine'), undefined);
  t.is(controllerOfClassName(undefined), undefined);
  const names = ingressControllers.flatMap(({ classNames }) => classNames);
  t.is(new Set(names).size, names.length);
});
