import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { applyObjects, type KubernetesObject, probeSoon, untilRolledOut } from './apply.ts';
import { serverCertificate } from './credentials.ts';
import { moduleFolder } from './modules.ts';
import { type NodePrograms, versions } from './programs.ts';

export const ingressNamespace = 'ingress-nginx';

/** Installs ingress-nginx by upstream's manifest for clouds. @param namespace another one than upstream's moves all of it */
export async function installIngressNginx(programs: NodePrograms, namespace = ingressNamespace): Promise<void> {
  const objects = await ingressNginxObjects(namespace);
  await applyObjects(programs, objects);
  await untilRolledOut(programs, namespace, 'deployment/ingress-nginx-controller');
}

/** Upstream's objects; what differs is what this node cannot have. */
export async function ingressNginxObjects(namespace: string): Promise<KubernetesObject[]> {
  const module = await moduleFolder('ingress-nginx', 'k8s.io/ingress-nginx');
  const text = readFileSync(join(module, 'deploy/static/provider/cloud/deploy.yaml'), 'utf8');
  const moved = text.replaceAll(`namespace: ${ingressNamespace}`, `namespace: ${namespace}`);
  const objects = parseAllDocuments(moved).map((document) => document.toJS() as KubernetesObject);
  const webhook = `ingress-nginx-controller-admission.${namespace}.svc`;
  const certificate = serverCertificate(webhook, [webhook]);
  for (const object of objects) adapt(object, namespace, certificate.authority);
  const base64 = (pem: string) => Buffer.from(pem).toString('base64');
  const secret = {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ingress-nginx-admission', namespace } },
    data: { cert: base64(certificate.certificate), key: base64(certificate.privateKey) },
  };
  // What the certgen Jobs would do is done above: the webhook's certificate, and its authority where the API server looks.
  return [...objects.filter(({ kind }) => kind !== 'Job'), secret];
}

function adapt(object: KubernetesObject, namespace: string, authority: string): void {
  if (object.kind === 'Namespace') object.metadata.name = namespace;
  if (object.kind === 'ValidatingWebhookConfiguration') {
    for (const each of object.webhooks) each.clientConfig.caBundle = Buffer.from(authority).toString('base64');
  }
  if (object.kind === 'ConfigMap' && object.metadata.name === 'ingress-nginx-controller') {
    // Debian's nginx does not know the switch; one worker is enough.
    object.data = {
      ...object.data,
      'use-http2': 'false',
      'worker-processes': '1',
      'allow-snippet-annotations': 'false',
    };
  }
  if (object.kind !== 'Deployment') return;
  probeSoon(object);
  const { spec } = object.spec.template;
  const [container] = spec.containers;
  container.image = `registry.k8s.io/ingress-nginx/controller:${versions.ingressNginx}`;
  // Alpine's allocator is not here.
  container.env = container.env.filter(({ name }: { name: string }) => name !== 'LD_PRELOAD');
  // In place of a file capability on nginx.
  spec.securityContext = { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] };
  spec.terminationGracePeriodSeconds = 2;
}
