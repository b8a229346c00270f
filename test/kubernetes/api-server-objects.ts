import type { ExecutionContext } from 'ava';
import { type Connection, type ConnectionFlags, connect } from '../../src/kubernetes/api/connect.ts';
import { cluster } from '../helpers/cluster.ts';
import { systemForTest } from './system-for-test.ts';

/** A connection that ends with the test. */
export function connection(t: ExecutionContext, flags: ConnectionFlags): Promise<Connection> {
  return connect(flags, systemForTest({ cwd: cluster().temporaryFolder })).then((made) => {
    t.teardown(() => made.close());
    return made;
  });
}

export const configMap = (namespace: string, name: string, data: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...more },
  data,
});
