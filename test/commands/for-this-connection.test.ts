import test from 'ava';
import { forThisConnection } from '../../src/commands/for-this-connection.ts';

test('a cure is carried out on the cluster that was looked at', (t) => {
  const prod = { context: 'prod eu', as: 'root' };
  t.is(
    forThisConnection('kubectl skyports annotate 203.0.113.7', prod),
    "kubectl skyports annotate --context 'prod eu' --as root 203.0.113.7",
  );
  t.is(
    forThisConnection('kubectl create role a --verb=list && kubectl create rolebinding a --role=a', { context: 'x' }),
    'kubectl create --context x role a --verb=list && kubectl create --context x rolebinding a --role=a',
  );
});

test('nothing is added where nothing was chosen, where it stands already, and to commands of others', (t) => {
  t.is(forThisConnection('kubectl get pods', {}), 'kubectl get pods');
  t.is(forThisConnection('kubectl version --context x ', { context: 'x' }), 'kubectl version --context x ');
  t.is(forThisConnection('sky launch -c train', { context: 'x' }), 'sky launch -c train');
});
