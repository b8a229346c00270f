import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { fieldsForApp, protectionOf, startLines } from '../../../src/commands/expose/app.ts';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { parsePortMappings } from '../../../src/exposure/port-mapping.ts';
import { base, ingressWrite, pathsOf } from '../../helpers/ingress-plans.ts';
import { rowsAt } from '../../helpers/look.ts';
import { type Asked, exposed, planAt, requestOf, train } from '../../helpers/requests.ts';
import { ingressClass, skyPod } from '../../helpers/skypilot-objects.ts';

const nginx = (key: string) => `nginx.ingress.kubernetes.io/${key}`;
const args = ['expose', 'train', '8888'];

/** The request of `expose … --app APP`. */
function withApp(app: string, { rewrite, ...asked }: Asked = {}): Asked {
  const ports = parsePortMappings((asked.ports ?? '8888').split(' '));
  return { mode: 'ingress', ...asked, ...fieldsForApp({ app } as never, { ports, rewrite }, { args }) };
}

test('the app decides whether it sees its prefix', (t) => {
  const prefix = `/skyports/default/${train.nameOnCloud}/8888`;
  t.deepEqual(pathsOf(ingressWrite(base, withApp('jupyter')).manifest as Ingress), [
    `* /()(${prefix.slice(1)}(?:/.*|$)) 8888:8888`,
  ]);
  t.regex(pathsOf(ingressWrite(base, withApp('streamlit')).manifest as Ingress)[0]!, /8888\(\/.*\(\.\*\) 8888:8888$/);
});

test('an app that works in one way only refuses the other, and one that knows no prefix wants a host', (t) => {
  const error = t.throws(() => planAt(base, withApp('jupyter', { rewrite: 'strip' })), { instanceOf: UsageError });
  t.is(error.code, 'app-needs-other-rewrite');
  t.is(error.message, 'JupyterLab does not work with --rewrite strip');
  const alone = t.throws(() => planAt(base, withApp('open-webui')), { instanceOf: UsageError });
  t.is(alone.code, 'app-needs-host');
  t.is(alone.message, 'Open WebUI does not work below a path: it needs its own host');
  t.regex(alone.cures[0]!.note!, /--host '\{port\}-\{cluster\}\.example\.com'/);
  t.regex(alone.cures[1]!.note!, /--host '\{port\}-\{cluster\}\.\{address\}\.sslip\.io'/);
  t.notThrows(() => planAt(base, withApp('open-webui', { host: 'chat.example.com' })));
  t.notThrows(() => planAt(base, withApp('open-webui', { mode: 'loadbalancer' })));
  t.notThrows(() => planAt(base, withApp('open-webui', { force: true })));
});

test('an existing route keeps its host, so that the app has a place', (t) => {
  const objects = exposed(base, { mode: 'ingress', host: 'chat.example.com' });
  t.notThrows(() => planAt(objects, withApp('open-webui')));
});

test('limits that the app needs replace those of the Ingress, but not those that the user names', (t) => {
  const small = exposed(base, {
    mode: 'ingress',
    annotations: { set: { [nginx('proxy-body-size')]: '1m', [nginx('proxy-read-timeout')]: '60' }, remove: [] },
  });
  const annotationsOf = (asked: Asked) => ingressWrite(small, asked).manifest.metadata!.annotations!;
  t.like(annotationsOf(withApp('mlflow')), { [nginx('proxy-body-size')]: '0', [nginx('proxy-read-timeout')]: '60' });
  t.like(annotationsOf(withApp('marimo')), { [nginx('proxy-body-size')]: '1m', [nginx('proxy-read-timeout')]: '3600' });
  t.like(annotationsOf(withApp('fastapi')), { [nginx('proxy-buffering')]: 'off' });
  const own = { set: { [nginx('proxy-body-size')]: '50m' }, remove: [] };
  t.like(annotationsOf(withApp('mlflow', { annotations: own })), { [nginx('proxy-body-size')]: '50m' });
});

test('a load balancer that requests a path gets the path of the app, with the prefix if the app keeps it', (t) => {
  const objects = [skyPod(train), ingressClass('alb', 'ingress.k8s.aws/alb')];
  const path = (asked: Asked) => {
    const { writes } = planAt(objects, { ...asked, ingressClass: 'alb' });
    const [service, ingress] = writes.map(({ manifest }) => manifest) as [Service, Ingress];
    t.is(ingress.metadata!.annotations!['alb.ingress.kubernetes.io/target-type'], 'ip', 'targets are Pods');
    return service.metadata!.annotations!['alb.ingress.kubernetes.io/healthcheck-path'];
  };
  t.is(path(withApp('jupyter')), `/skyports/default/${train.nameOnCloud}/8888/api`);
  t.is(path(withApp('vllm', { host: 'llm.example.com' })), '/health');
  t.is(path({ mode: 'ingress', rewrite: 'keep' }), undefined);
});

test('an unknown app, and an app for several ports: refused', (t) => {
  const unknown = t.throws(() => withApp('jupiter'), { instanceOf: UsageError });
  t.is(unknown.code, 'invalid-value');
  t.is(
    t.throws(() => withApp('jupyter', { ports: '8888 9999' }), { instanceOf: UsageError }).code,
    'app-for-several-ports',
  );
});

function linesFor(asked: Asked, app: string | undefined, ports = '8888') {
  const request = requestOf({ ...asked, ports });
  const plan = planAt(base, { ...asked, ports });
  return startLines(request, plan, rowsAt(exposed(base, { ...asked, ports })), { app });
}

test('the start command has the real path, host and port', (t) => {
  const prefix = `/skyports/default/${train.nameOnCloud}/8888`;
  t.deepEqual(linesFor(withApp('jupyter'), 'jupyter'), [
    'start JupyterLab with:',
    `    jupyter lab --ip=0.0.0.0 --port=8888 --no-browser --ServerApp.base_url=${prefix}/`,
  ]);
  t.is(
    linesFor(withApp('mlflow'), 'mlflow')[1],
    '    mlflow server --host=0.0.0.0 --port=8888 --allowed-hosts=203.0.113.9 --cors-allowed-origins=http://203.0.113.9',
  );
  t.deepEqual(
    startLines(requestOf(withApp('mlflow')), planAt(base, withApp('mlflow')), [], { app: 'mlflow' }).slice(0, 2),
    [
      'start MLflow with:',
      '    mlflow server --host=0.0.0.0 --port=8888 --allowed-hosts=HOST --cors-allowed-origins=http://HOST',
    ],
  );
});

test('the page to open is a whole URL once the address is known', (t) => {
  const asked = withApp('vllm');
  const page = (lines: readonly string[]) => lines.find((line) => line.startsWith('the page to open'));
  t.is(
    page(linesFor(asked, 'vllm')),
    `the page to open is http://203.0.113.9/skyports/default/${train.nameOnCloud}/8888/docs`,
  );
  t.is(
    page(startLines(requestOf(asked), planAt(base, asked), [], { app: 'vllm' })),
    'the page to open is docs, below the URL',
  );
});

test('the warning of a public address says what protects the app', (t) => {
  t.is(protectionOf('jupyter'), 'and only the token of JupyterLab protects it');
  t.is(protectionOf('open-webui'), 'and only the password of Open WebUI protects it');
  t.is(protectionOf('vllm'), undefined);
  t.is(protectionOf('tensorboard'), undefined);
});

test('--rewrite keep alone names the usual app of the port', (t) => {
  const prefix = `/skyports/default/${train.nameOnCloud}`;
  t.deepEqual(linesFor({ mode: 'ingress', rewrite: 'keep' }, undefined, '8080 8888'), [
    `the app has to know its prefix ${prefix}/8080: "kubectl skyports help apps" shows the options of known apps`,
    `the app has to know its prefix ${prefix}/8888; start JupyterLab, the usual app on this port, with:`,
    `    jupyter lab --ip=0.0.0.0 --port=8888 --no-browser --ServerApp.base_url=${prefix}/8888/`,
  ]);
  const hint = '8888 is the usual port of JupyterLab: if it runs there, add --app jupyter';
  t.deepEqual(linesFor({ mode: 'ingress', rewrite: 'strip' }, undefined), [hint]);
});
