import test from 'ava';
import { operandOf } from '../../src/skypilot/operand.ts';

test('a display name that a command would take for an option or a port is replaced by the name on the cloud', (t) => {
  const operand = (displayName: string) => operandOf({ displayName, nameOnCloud: 'train-2ea485ef' });
  for (const name of ['train', 'a.b_C-1', '8a', '1.5']) t.is(operand(name), name);
  for (const name of ['8888', '8000-8010', '-a', '--server=x', 'a b', '']) t.is(operand(name), 'train-2ea485ef', name);
});
