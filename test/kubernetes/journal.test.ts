import test from 'ava';
import { advice } from '../../src/errors/cure.ts';
import { Failure, InterruptedError } from '../../src/errors/failure.ts';
import { type Change, IncompleteError, Journal } from '../../src/kubernetes/changes/journal.ts';

const change = (name: string, effect: Change['effect'] = 'created'): Change => ({
  ...{ kind: 'Service', namespace: 'n', name, effect },
});
const [a, b, c] = [change('a'), change('b', 'deleted'), change('c', 'changed')];

function journalWith(...changes: Change[]) {
  const reported: string[] = [];
  const journal = new Journal((line) => reported.push(line));
  journal.expect(changes);
  return { journal, reported };
}

test('each change is reported when it is done, and a failure says what was done and what was not', (t) => {
  const { journal, reported } = journalWith(a, b, c);
  journal.done(a);
  t.deepEqual(reported, ['service/a created']);
  journal.refused(b);
  const cause = new Failure('forbidden', 'Error from server: no', [advice('ask')]);
  const error = journal.closing(cause) as IncompleteError;
  t.true(error instanceof IncompleteError);
  t.is(error.message, 'service/b: Error from server: no');
  t.is(error.code, 'forbidden');
  t.deepEqual(error.cures, [advice('ask')]);
  t.deepEqual(error.details, [
    'done: service/a created',
    'not done: delete service/b in namespace n, change service/c',
    'the same command again finishes it',
  ]);
});

test('what was taken back is not done, what could not be taken back is left behind, and what is unknown is said so', (t) => {
  const { journal, reported } = journalWith(a, change('d'), change('e'), c);
  for (const each of [a, change('d')]) journal.done(each);
  journal.unknown(change('e'));
  journal.refused(c);
  journal.undone(a);
  journal.left(change('d'), 'no');
  t.is(reported.at(-1), 'service/a removed again');
  const { details } = journal.closing(new Failure('server-error', 'broken', [])) as IncompleteError;
  t.deepEqual(details, [
    'still exists: service/d (not removed again: no)',
    'unknown, the answer was lost: create service/e',
    'not done: change service/c, create service/a',
    'the same command again finishes it',
  ]);
});

test('an optional change that is refused is a warning, and a later failure is not about it', (t) => {
  const { journal, reported } = journalWith(a, b, c);
  journal.done(a);
  journal.refused(c);
  journal.skipped(c, 'no redirect: denied');
  t.is(reported.at(-1), 'warning: no redirect: denied');
  const { message, details } = journal.closing(new Failure('server-error', 'broken', [])) as IncompleteError;
  t.is(message, 'broken');
  t.deepEqual(details.slice(0, 2), ['done: service/a created', 'not done: delete service/b in namespace n']);
});

test('an error before anything was done stays as it is; an interruption says that nothing was changed', (t) => {
  const cause = new Failure('server-error', 'no', []);
  t.is(journalWith(a).journal.closing(cause), cause);
  const interrupted = journalWith(a).journal.closing(new InterruptedError()) as Failure;
  t.is(interrupted.message, 'interrupted: nothing was changed');
  t.is(interrupted.exitCode, 130);
});

test('a command that has nothing left to do is not suggested again', (t) => {
  const { journal } = journalWith(a, b);
  for (const each of [a, b]) journal.done(each);
  const { details } = journal.closing(new InterruptedError()) as IncompleteError;
  t.deepEqual(details, ['done: service/a created, service/b deleted from n namespace']);
  journal.startsOver();
  const again = journal.closing(new Failure('server-error', 'broken', [])) as IncompleteError;
  t.is(again.details.at(-1), 'the same command again finishes it');
});

test('a removal whose answer was lost is suggested again only if the object still exists', (t) => {
  const detailsAfter = (unknown: Change, ...left: Change[]) => {
    const { journal } = journalWith(unknown, ...left);
    journal.unknown(unknown);
    return (journal.closing(new Failure('server-error', 'broken', [])) as IncompleteError).details.at(-1);
  };
  t.is(detailsAfter(b), 'if it still exists, the same command again finishes it');
  t.is(detailsAfter(b, change('d', 'deleted')), 'the same command again finishes it');
  t.is(detailsAfter(a), 'the same command again finishes it');
});

test('a command whose first change was refused is not suggested again', (t) => {
  const { journal } = journalWith(a, b);
  journal.refused(a);
  const { details } = journal.closing(new Failure('forbidden', 'no', [])) as IncompleteError;
  t.deepEqual(details, ['not done: create service/a, delete service/b in namespace n']);
});
