import test, { type ExecutionContext } from 'ava';
import { until } from '../cluster/until.ts';
import { metallbNamespace } from '../node/metallb.ts';
import { untilDiagnosed } from './diagnosed.ts';
import { apply, isOurNode, pasted, shell, untilReached } from './machine.ts';
import { appPort, skyCluster } from './sky-cluster.ts';

// What the doctor says of a load balancer without an address, against what MetalLB really does. Each is fixed by what it
// says, and then answers.

const apiVersion = 'metallb.io/v1beta1';
const poolAnnotation = 'metallb.io/address-pool';

/** A pool beside the node's own, announced like it. */
async function pool(t: ExecutionContext, name: string, addresses: string): Promise<void> {
  t.teardown(() => shell(`kubectl delete ipaddresspool ${name} -n ${metallbNamespace}`));
  const metadata = { name, namespace: metallbNamespace };
  await apply({ apiVersion, kind: 'IPAddressPool', metadata, spec: { addresses: [addresses], autoAssign: false } });
}

async function pending(t: ExecutionContext, ...flags: readonly string[]) {
  const names = await skyCluster(t);
  const { namespace } = names;
  await pasted(
    ['kubectl skyports expose train', appPort, '-n', namespace, '--mode loadbalancer --wait=0', ...flags].join(' '),
  );
  return { names, namespace, service: `service/${names.nameOnCloud}--skyports-lb -n ${namespace}` };
}

async function untilAnswers(namespace: string): Promise<void> {
  await pasted(`kubectl skyports endpoints train -n ${namespace} --wait=60s`);
  await untilReached((await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim());
}

/** What is offered until the load balancer is fixed: it is pasted, answers, and is taken away again. */
async function anotherWayIn(t: ExecutionContext, command: string, namespace: string): Promise<void> {
  t.regex(command, /^kubectl skyports expose train \d+ -n \S+ --mode nodeport$/);
  await pasted(command);
  await untilReached((await pasted(`kubectl skyports endpoints train -n ${namespace} --mode nodeport -o url`)).trim());
  await pasted(`kubectl skyports unexpose train -n ${namespace} --mode nodeport -y`);
}

if (isOurNode) {
  test('every address of the pool is taken: what is widened answers', async (t) => {
    await pool(t, 'tiny', '172.30.0.120/32');
    const first = await pending(t, '--annotation', `${poolAnnotation}=tiny`);
    await untilAnswers(first.namespace);
    const { namespace } = await pending(t, '--address-pool', 'tiny');
    const { rootCauses, message, note } = await untilDiagnosed(namespace, 'load-balancer-address', undefined, /taken/);
    t.is(rootCauses[0], 'load-balancer-address');
    t.regex(message, /every address of the pools that it may use is taken; warning event AllocationFailed/);
    await anotherWayIn(t, /^kubectl skyports expose .*$/m.exec(note)![0], namespace);
    t.regex(message, /IPAddressPools?: .*tiny \(172\.30\.0\.120\/32\)/);
    t.regex(note, /widen a pool/);
    const wider = JSON.stringify({ spec: { addresses: ['172.30.0.120/31'] } });
    await pasted(`kubectl patch ipaddresspool tiny -n ${metallbNamespace} --type=merge -p '${wider}'`);
    await untilAnswers(namespace);
  });

  test('the pool that is named is not there: without the annotation it answers', async (t) => {
    const { namespace } = await pending(t, '--annotation', `${poolAnnotation}=gold`);
    const refused = await shell(`kubectl skyports expose train 9000 -n ${namespace} --address-pool nod`);
    t.is(refused.code, 2);
    t.regex(refused.stderr, /--address-pool nod[\s\S]*did you mean[\s\S]*node/);
    const { message, command } = await untilDiagnosed(namespace, 'load-balancer-address', undefined, /it names/);
    t.regex(
      message,
      /the pool that it names does not exist; it asks for pool gold by metallb\.io\/address-pool, and the only pool is node; warning event AllocationFailed/,
    );
    t.is(
      command,
      `kubectl skyports expose train ${appPort} -n ${namespace} --mode loadbalancer --annotation ${poolAnnotation}-`,
    );
    await pasted(command!);
    await untilAnswers(namespace);
  });

  test('the class is nobody’s: made again without it, it answers', async (t) => {
    const { namespace, service } = await pending(t, '--load-balancer-class', 'example.com/lb');
    const { rootCauses, message, command, note } = await untilDiagnosed(namespace, 'load-balancer-class-owned');
    t.deepEqual(rootCauses, ['load-balancer-class-owned']);
    t.regex(
      message,
      /has loadBalancerClass example\.com\/lb, which this plugin does not know, and what was seen here \(MetalLB\) is not known to serve it/,
    );
    // Only a terminal can be asked.
    await pasted(`${command} -y`);
    await pasted(`kubectl wait --for=delete ${service} --timeout=30s`);
    const [, again] = /^(kubectl skyports expose .+)$/m.exec(note) ?? [];
    await pasted(again!);
    await untilAnswers(namespace);
  });

  test('the pool is not announced: there is an address, and nobody answers for it', async (t) => {
    const own = JSON.parse(await pasted(`kubectl get l2advertisement node -n ${metallbNamespace} -o json`));
    const { name, namespace: home } = own.metadata;
    const restore = () => apply({ apiVersion, kind: 'L2Advertisement', metadata: { name, namespace: home } });
    t.teardown(async () => {
      await shell(`kubectl delete l2advertisement node -n ${metallbNamespace}`);
      await restore();
    });
    // All pools but the quiet one.
    await apply({
      apiVersion,
      kind: 'L2Advertisement',
      metadata: { name, namespace: home },
      spec: { ipAddressPools: ['node'] },
    });
    await pool(t, 'quiet', '172.30.0.130/32');
    const { namespace } = await pending(t, '--address-pool', 'quiet');
    await pasted(`kubectl skyports endpoints train -n ${namespace} --wait=60s`);
    const { rootCauses, message, command } = await untilDiagnosed(namespace, 'load-balancer-announced', '--probe');
    t.deepEqual(rootCauses, ['load-balancer-announced']);
    t.regex(
      message,
      /has 172\.30\.0\.130 from MetalLB, and nothing answers for it, because no advertisement announces its pool quiet/,
    );
    t.regex(command!, /^kubectl patch l2advertisement node -n metallb-system --type=json -p /);
    await pasted(command!);
    await untilAnswers(namespace);
  });

  test('there is no pool at all: MetalLB says nothing, and the doctor does', async (t) => {
    const own = await pasted(`kubectl get ipaddresspool node -n ${metallbNamespace} -o json`);
    const restore = async () => {
      const { metadata, spec } = JSON.parse(own);
      const { name, namespace } = metadata;
      await apply({ apiVersion, kind: 'IPAddressPool', metadata: { name, namespace }, spec });
      const address = `kubectl get service ingress-nginx-controller -n ingress-nginx -o jsonpath='{.status.loadBalancer.ingress[0].ip}'`;
      await until('the ingress controller has its address again', async () => (await shell(address)).stdout !== '', {
        withinMs: 60_000,
        everyMs: 500,
      });
    };
    t.teardown(restore);
    await pasted(`kubectl delete ipaddresspool node -n ${metallbNamespace}`);
    const { namespace } = await pending(t);
    const { message, note } = await untilDiagnosed(namespace, 'load-balancer-address');
    t.regex(message, /MetalLB is installed and has no IPAddressPool, so it has no address to give$/);
    await anotherWayIn(t, /^kubectl skyports expose .*$/m.exec(note)![0], namespace);
    t.regex(note, /makes a pool and announces it by ARP; RANGE is /);
    await restore();
    await untilAnswers(namespace);
  });

  test('a Service that gets its address is healthy, and MetalLB is told', async (t) => {
    const { namespace } = await pending(t);
    await untilAnswers(namespace);
    const { stdout } = await shell(`kubectl skyports doctor train -n ${namespace} -o wide --probe=false`);
    t.regex(stdout, /addresses come from MetalLB: the API server serves metallb\.io/);
  });
}
