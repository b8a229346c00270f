import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sharedCache } from '../cluster/binary-cache.ts';
import { moduleFolder } from './modules.ts';
import { run } from './processes.ts';
import { type NodePrograms, versions } from './programs.ts';

/** A container image as a file. */
export interface Image {
  readonly reference: string;
  readonly file: string;
}

export const appImage = 'docker.io/kubectl-skyports/app:1';
export const pauseImage = 'docker.io/kubectl-skyports/pause:1';
export const controllerImage = `registry.k8s.io/ingress-nginx/controller:${versions.ingressNginx}`;

/** Bump it when what goes into an image changes without its programs changing. */
const recipe = 1;

/** Packs the node's images, those that are not in the cache: archives as `docker save` writes them, named as upstream's manifests name them. */
export async function packImages(programs: NodePrograms): Promise<Image[]> {
  const wanted: [reference: string, name: string, from: string, make: (root: string) => Promise<object>][] = [
    [pauseImage, 'pause', import.meta.filename, makePause],
    [appImage, 'app', programs.app, (root) => makeApp(root, programs.app)],
    ...(['controller', 'speaker'] as const).map((name): (typeof wanted)[number] => [
      `quay.io/metallb/${name}:${versions.metallb}`,
      `metallb-${name}`,
      programs[`metallb-${name}`],
      (root) => makeStatic(root, programs[`metallb-${name}`], `/${name}`),
    ]),
    [
      controllerImage,
      'ingress-nginx',
      programs['nginx-ingress-controller'],
      (root) => makeIngressNginx(root, programs),
    ],
  ];
  const images: Image[] = [];
  for (const [reference, name, from, make] of wanted) images.push(await packed(name, reference, from, make));
  return images;
}

/** An image of one static program. */
export function packStatic(name: string, reference: string, program: string, path: string): Promise<Image> {
  return packed(name, reference, program, (root) => makeStatic(root, program, path));
}

/** @param from the program's path, which has its version: another one is another image */
async function packed(
  name: string,
  reference: string,
  from: string,
  make: (root: string) => Promise<object>,
): Promise<Image> {
  const digest = createHash('sha256').update(`${recipe} ${from} ${reference}`).digest('hex').slice(0, 16);
  const file = join(sharedCache(process.env), 'images', `${name}-${digest}.tar`);
  if (!existsSync(file)) await pack(file, reference, make);
  return { reference, file };
}

/** One layer, its configuration, and the list of both (Docker Image Specification v1.2). */
async function pack(file: string, reference: string, make: (root: string) => Promise<object>): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'kubectl-skyports-image-'));
  try {
    const root = join(scratch, 'root');
    for (const folder of ['tmp', 'etc']) mkdirSync(join(root, folder), { recursive: true });
    chmodSync(join(root, 'tmp'), 0o1777);
    const config = await make(root);
    await run([], 'tar', '-C', root, '--numeric-owner', '-cf', join(scratch, 'layer.tar'), '.');
    const layer = createHash('sha256')
      .update(readFileSync(join(scratch, 'layer.tar')))
      .digest('hex');
    const image = {
      architecture: 'amd64',
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    };
    writeFileSync(join(scratch, 'config.json'), JSON.stringify(image));
    const manifest = [{ Config: 'config.json', RepoTags: [reference], Layers: ['layer.tar'] }];
    writeFileSync(join(scratch, 'manifest.json'), JSON.stringify(manifest));
    mkdirSync(dirname(file), { recursive: true });
    await run([], 'tar', '-C', scratch, '-cf', `${file}.${process.pid}`, 'manifest.json', 'config.json', 'layer.tar');
    renameSync(`${file}.${process.pid}`, file);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function makeStatic(root: string, program: string, path: string): Promise<object> {
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:\nnobody:x:65534:65534::/:\n');
  copyFileSync(program, join(root, path));
  return { Entrypoint: [path] };
}

/** The app, and cat(1): SkyPilot's images have it, and the plugin runs it to read which sockets listen. */
async function makeApp(root: string, program: string): Promise<object> {
  const libraries = [...(await run([], 'ldd', '/bin/cat')).matchAll(/(?:=> |^\t)(\/\S+)/gm)].map(([, file]) => file!);
  for (const file of ['/bin/cat', ...libraries]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    copyFileSync(file, join(root, file));
  }
  return { ...(await makeStatic(root, program, '/app')), Env: ['PATH=/bin'] };
}

/** What holds a Pod's namespaces: upstream's own few lines of C. */
async function makePause(root: string): Promise<object> {
  const source = join(await moduleFolder('kubernetes', 'k8s.io/kubernetes'), 'build/pause/linux/pause.c');
  await run([], 'gcc', '-Os', '-static', '-DVERSION=node', '-o', join(root, 'pause'), source);
  return { Entrypoint: ['/pause'] };
}

/** Debian's nginx with its lua, every library that they load, and upstream's controller, lua and template. */
async function makeIngressNginx(root: string, programs: NodePrograms): Promise<object> {
  const upstream = join(await moduleFolder('ingress-nginx', 'k8s.io/ingress-nginx'), 'rootfs/etc/nginx');
  const modules = ['ndk_http', 'ngx_http_lua', 'ngx_http_headers_more_filter', 'ngx_stream'].map(
    (name) => `/usr/lib/nginx/modules/${name}_module.so`,
  );
  const folders = ['var/log/nginx', 'var/lib/nginx', 'run', 'tmp/nginx', 'usr/lib', 'usr/lib64', 'usr/bin'];
  const own = ['ssl', 'auth', 'geoip', 'telemetry'].map((name) => `etc/ingress-controller/${name}`);
  for (const folder of [...folders, ...own]) mkdirSync(join(root, folder), { recursive: true });
  symlinkSync('usr/lib', join(root, 'lib'));
  symlinkSync('usr/lib64', join(root, 'lib64'));
  const needed = ['/usr/sbin/nginx', '/usr/lib/x86_64-linux-gnu/lua/5.1/cjson.so', '/bin/sh', ...modules];
  const libraries = [...(await run([], 'ldd', ...needed)).matchAll(/(?:=> |^\t)(\/\S+)/gm)].map(([, file]) => file!);
  for (const file of new Set([...needed, ...libraries])) {
    const target = join(root, file.replace(/^\/lib(64)?\//, '/usr/lib$1/'));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
  cpSync('/usr/share/lua/5.1', join(root, 'usr/share/lua/5.1'), { recursive: true, dereference: true });
  cpSync(upstream, join(root, 'etc/nginx'), { recursive: true });
  // What comes out of Go's module cache may not be written.
  await run([], 'chmod', '-R', 'u+w', join(root, 'etc/nginx'));
  copyFileSync('/etc/nginx/mime.types', join(root, 'etc/nginx/mime.types'));
  const lua = join(root, 'etc/nginx/lua/resty');
  mkdirSync(join(lua, 'dns'), { recursive: true });
  const ours = join(import.meta.dirname, 'ingress-nginx/lua');
  for (const name of ['http', 'cookie', 'lock', 'ipmatcher', 'global_throttle', 'chash', 'dns/resolver']) {
    copyFileSync(join(ours, 'absent.lua'), join(lua, `${name}.lua`));
  }
  copyFileSync(join(ours, 'resty/roundrobin.lua'), join(lua, 'roundrobin.lua'));
  const template = join(root, 'etc/nginx/template/nginx.tmpl');
  writeFileSync(template, templateForDebian(readFileSync(template, 'utf8'), modules));
  for (const name of ['nginx-ingress-controller', 'wait-shutdown'] as const)
    copyFileSync(programs[name], join(root, name));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\nwww-data:x:101:82::/:/\nnobody:x:65534:65534::/:/\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nwww-data:x:82:\nnogroup:x:65534:\n');
  symlinkSync('/usr/sbin/nginx', join(root, 'usr/bin/nginx'));
  symlinkSync('/dev/stdout', join(root, 'var/log/nginx/access.log'));
  symlinkSync('/dev/stderr', join(root, 'var/log/nginx/error.log'));
  const writable = ['etc/nginx', 'etc/ingress-controller', 'tmp', 'var/log', 'var/lib/nginx', 'run'];
  await run([], 'chown', '-R', '101:82', ...writable.map((folder) => join(root, folder)));
  const PATH = 'PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin';
  return { User: '101', WorkingDir: '/etc/nginx', Env: [PATH] };
}

/**
 * Debian's nginx has its modules as files, and no lua in streams: TCP and UDP Services go, but the controller still hands
 * their (empty) configuration to a port of that part.
 */
function templateForDebian(template: string, modules: readonly string[]): string {
  const begin = template.search(/^stream \{/m);
  const end = template.indexOf('\n}', begin) + 2;
  if (begin < 0 || end < 2) throw new Error("ingress-nginx's template has no stream block any more");
  const stream = 'stream { server { listen 127.0.0.1:{{ .StreamPort }}; return ok; } }';
  const loads = modules.map((file) => `load_module ${file};\n`).join('');
  return `${loads}${template.slice(0, begin)}${stream}${template.slice(end)}`;
}
