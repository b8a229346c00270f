import test from 'ava';
import { terminalProgress } from './progress.ts';

function written(isTTY: boolean, columns = 80): { stream: NodeJS.WriteStream; text: () => string } {
  let all = '';
  const write = (text: string) => {
    all += text;
    return true;
  };
  return { stream: { isTTY, columns, write } as unknown as NodeJS.WriteStream, text: () => all };
}

test('a terminal has one line that is cut to its width and taken away at the end', (t) => {
  const { stream, text } = written(true, 24);
  const progress = terminalProgress(stream);
  progress.step('Building etcd with Go and patience');
  progress.step('Building kubectl');
  progress.done();
  t.is(text(), '\r\x1b[KBuilding etcd with Go a\r\x1b[KBuilding kubectl (0 s) \r\x1b[K');
});

test('elsewhere each step is one line', (t) => {
  const { stream, text } = written(false);
  const progress = terminalProgress(stream);
  for (const step of ['one', 'one', 'two']) progress.step(step);
  progress.detail('unseen');
  progress.done();
  t.is(text(), 'one\ntwo\n');
});
