import { randomBytes } from 'node:crypto';
import { create } from './create-object.ts';

/** Creates a namespace that nobody else uses and returns its name, `PREFIX-` and eight hexadecimal digits. */
export async function newNamespace(prefix = 'test'): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return name;
}
