import type { ExecutionContext } from 'ava';
import { until } from '../cluster/until.ts';
import { serverCertificate } from '../node/credentials.ts';
import { controllerImage } from '../node/images.ts';
import { ingressNamespace } from '../node/ingress-nginx.ts';
import { metallbNamespace } from '../node/metallb.ts';
import { apply, pasted, shell } from './machine.ts';

export const controllerService = `service ingress-nginx-controller -n ${ingressNamespace}`;
const controllerConfigMap = `configmap ingress-nginx-controller -n ${ingressNamespace}`;

/** A load balancer that accepts connections itself. */
export interface Front {
  readonly address: string;
  /** PEM: of the certificate that it shows, if it ends TLS. */
  readonly authority: string;
  /** Of the controller's Service: says what it does. */
  readonly annotation: string;
}

/**
 * Puts a load balancer in front of ingress-nginx, as clouds have them: it accepts connections itself, at an address that is
 * written with `ipMode: Proxy`, and makes its own to the controller. It is nginx in a Pod. `proxy-protocol` begins each
 * connection with a PROXY protocol header; `tls` ends TLS and leads both ports to the controller's http port, with
 * X-Forwarded-Proto. An annotation of the controller's Service says so, as Hetzner's does.
 */
export async function frontWith(t: ExecutionContext, does: 'proxy-protocol' | 'tls'): Promise<Front> {
  const namespace = `front-${process.pid}-${does}`;
  const annotation = {
    'proxy-protocol': 'load-balancer.hetzner.cloud/uses-proxyprotocol',
    tls: 'load-balancer.hetzner.cloud/http-certificates',
  }[does];
  t.teardown(async () => {
    await shell(`kubectl annotate ${controllerService} ${annotation}-`);
    await shell(`kubectl delete namespace ${namespace}`);
    await writeStatus({ loadBalancer: null });
    await pasted(`kubectl scale deployment/controller -n ${metallbNamespace} --replicas=1`);
    await until(
      'MetalLB gives the controller an address again',
      async () => (await addressOf(controllerService)) !== '',
      {
        withinMs: 60_000,
        everyMs: 500,
      },
    );
  });
  const metadata = { name: 'front', namespace };
  const labels = { app: 'front' };
  const ports = [
    { name: 'http', port: 80, targetPort: 8080 },
    { name: 'https', port: 443, targetPort: 8443 },
  ];
  await apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { type: 'LoadBalancer', selector: labels, ports } },
  );
  await until('the front has its address', async () => (await addressOf(`service front -n ${namespace}`)) !== '', {
    everyMs: 250,
  });
  const address = await addressOf(`service front -n ${namespace}`);
  const { certificate, privateKey, authority } = serverCertificate(address, [address]);
  const behind = await pasted(`kubectl get ${controllerService} -o jsonpath={.spec.clusterIP}`);
  const data = { 'nginx.conf': configurationOf(does, behind), 'tls.crt': certificate, 'tls.key': privateKey };
  const container = {
    ...{ name: 'nginx', image: controllerImage, imagePullPolicy: 'Never' },
    command: ['/usr/sbin/nginx', '-c', '/front/nginx.conf'],
    volumeMounts: [{ name: 'front', mountPath: '/front' }],
    readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
  };
  await apply(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data },
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, labels } },
      spec: {
        containers: [container],
        volumes: [{ name: 'front', configMap: { name: 'front' } }],
        terminationGracePeriodSeconds: 0,
      },
    },
  );
  await pasted(`kubectl wait --for=condition=Ready pod/front -n ${namespace} --timeout=60s`);
  // Else MetalLB would write its own address into the Service again.
  await pasted(`kubectl scale deployment/controller -n ${metallbNamespace} --replicas=0`);
  await pasted(`kubectl wait --for=delete pod -n ${metallbNamespace} -l component=controller --timeout=30s`);
  await writeStatus({ loadBalancer: { ingress: [{ ip: address, ipMode: 'Proxy' }] } });
  await pasted(`kubectl annotate ${controllerService} ${annotation}=${does === 'tls' ? '12345' : 'true'}`);
  return { address, authority, annotation };
}

/** As the controllers of load balancers write it. */
function writeStatus(status: object): Promise<string> {
  return pasted(
    `kubectl patch ${controllerService} --subresource=status --type=merge -p '${JSON.stringify({ status })}'`,
  );
}

function addressOf(service: string): Promise<string> {
  return pasted(`kubectl get ${service} -o jsonpath='{.status.loadBalancer.ingress[0].ip}'`);
}

/** Changes settings of ingress-nginx for the time of a test; null removes one. */
export async function controllerSettings(t: ExecutionContext, data: Readonly<Record<string, string>>): Promise<void> {
  const before = JSON.parse(await pasted(`kubectl get ${controllerConfigMap} -o json`)).data;
  t.teardown(async () => {
    const now = JSON.parse(await pasted(`kubectl get ${controllerConfigMap} -o json`)).data;
    const added = Object.fromEntries(Object.keys(now).map((key) => [key, null]));
    await patchSettings({ ...added, ...before });
  });
  await patchSettings(data);
}

function patchSettings(data: Readonly<Record<string, string | null>>): Promise<string> {
  return pasted(`kubectl patch ${controllerConfigMap} --type=merge -p '${JSON.stringify({ data })}'`);
}

function configurationOf(does: 'proxy-protocol' | 'tls', behind: string): string {
  const common = 'daemon off; pid /tmp/front.pid; error_log /dev/stderr; events {}';
  if (does === 'proxy-protocol') {
    return `load_module /usr/lib/nginx/modules/ngx_stream_module.so; ${common}
stream {
  server { listen 8080; proxy_pass ${behind}:80; proxy_protocol on; }
  server { listen 8443; proxy_pass ${behind}:443; proxy_protocol on; }
}`;
  }
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path /tmp/${name};`);
  const pass = (scheme: string) =>
    `location / { proxy_pass http://${behind}:80; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto ${scheme}; }`;
  return `${common}
http {
  access_log off; ${paths.join(' ')}
  server { listen 8080; ${pass('http')} }
  server {
    listen 8443 ssl; ssl_certificate /front/tls.crt; ssl_certificate_key /front/tls.key;
    ${pass('https')}
  }
}`;
}
