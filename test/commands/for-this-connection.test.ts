import test from 'ava';
import { curesForThisConnection, forThisConnection } from '../../src/commands/connection/cures.ts';
import { command, cure } from '../../src/errors/cure.ts';

const here = (command: string, values: Parameters<typeof forThisConnection>[1]): string | null =>
  forThisConnection(command, values);

test('a cure is carried out on the cluster that was looked at', (t) => {
  const prod = { context: 'prod eu', as: 'root' };
  t.is(
    here('kubectl skyports annotate 203.0.113.7', prod),
    "kubectl skyports annotate --context 'prod eu' --as root 203.0.113.7",
  );
  t.is(
    here('kubectl create role a --verb=list && kubectl create rolebinding a --role=a', { context: 'x' }),
    'kubectl create --context x role a --verb=list && kubectl create --context x rolebinding a --role=a',
  );
});

test('a manifest goes to the cluster that was looked at', (t) => {
  t.is(
    here(`echo '{"kind":"kubectl get | kubectl apply"}' | kubectl apply -f -`, { context: 'x' }),
    `echo '{"kind":"kubectl get | kubectl apply"}' | kubectl apply --context x -f -`,
  );
});

test('what decides who calls, and whether the server is trusted, is repeated; a secret is not', (t) => {
  const values = {
    server: 'https://api:6443',
    'insecure-skip-tls-verify': true,
    'client-certificate': 'a b.crt',
    'client-key': 'k.pem',
    token: 'secret',
  };
  t.is(
    here('kubectl get pods', values),
    "kubectl get --server https://api:6443 --insecure-skip-tls-verify --client-certificate 'a b.crt' --client-key k.pem pods",
  );
  t.is(here('kubectl get pods', { 'insecure-skip-tls-verify': false }), 'kubectl get pods');
});

test('nothing is added where nothing was chosen, where it stands already, and to commands of others', (t) => {
  t.is(here('kubectl get pods', {}), 'kubectl get pods');
  t.is(here('kubectl version --context x ', { context: 'x' }), 'kubectl version --context x ');
  t.is(here("kubectl get pods '--context=a b'", { context: 'x' }), "kubectl get pods '--context=a b'");
  t.is(here('sky launch -c train', { context: 'x' }), 'sky launch -c train');
});

test('text within quotes is neither a command nor a flag', (t) => {
  const prod = { context: "p'q" };
  t.is(
    here("kubectl skyports prune 'a && kubectl get b --context c'", prod),
    "kubectl skyports prune --context 'p'\\''q' 'a && kubectl get b --context c'",
  );
  t.is(here('kubectl skyports -n ml endpoints', { as: 'root' }), 'kubectl skyports --as root -n ml endpoints');
});

test('a flag with a line break leaves no command', (t) => {
  const values = { context: 'a\nb' };
  t.is(here('kubectl get pods', values), null);
  t.deepEqual(
    curesForThisConnection([cure(command`kubectl get pods`, 'lists them'), cure(command`sky status`)], values),
    [
      { command: null, note: 'lists them (no command: a name in it has characters that cannot be pasted)' },
      { command: command`sky status`, note: null },
    ],
  );
});

test('a command behind a pipe, and one of Helm, reach the same cluster', (t) => {
  const prod = { kubeconfig: 'a b', context: 'prod', 'as-group': ['x', 'y'] };
  t.is(
    here("echo '| kubectl get a' | kubectl create -f -", prod),
    "echo '| kubectl get a' | kubectl create --kubeconfig 'a b' --context prod --as-group x --as-group y -f -",
  );
  t.is(
    here('helm upgrade --install traefik traefik', prod),
    "helm upgrade --kubeconfig 'a b' --kube-context prod --kube-as-group x --kube-as-group y --install traefik traefik",
  );
  // Helm has no flag for a user or a cluster of the kubeconfig: on another one it must not run.
  t.is(here('helm uninstall nginx --namespace x', { user: 'admin' }), null);
});
