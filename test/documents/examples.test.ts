import { resolve } from 'node:path';
import test from 'ava';
import { runExamples } from '../../scripts/examples/run-examples.ts';
import { isSameOutput, masked } from '../../scripts/examples/same-output.ts';
import { documentsWithExamples, isUpToDate, textNow } from '../../scripts/examples.ts';
import { pictures } from '../../scripts/pictures/pictures.ts';
import { findPrograms } from '../cluster/binaries.ts';
import { clusterVariable } from '../cluster/cluster-description.ts';
import { startCluster } from '../cluster/start.ts';

const root = resolve(import.meta.dirname, '../..');

test('every example of the documents prints what they say', async (t) => {
  // The examples list all namespaces, so they need a cluster of their own.
  const cluster = await startCluster(await findPrograms());
  t.teardown(() => cluster.stop());
  process.env[clusterVariable] = cluster.descriptionFile;
  const executable = process.env.SKYPORTS_EXECUTABLE ?? resolve(root, 'dist/kubectl-skyports');
  const { documents, screens } = await runExamples(documentsWithExamples, pictures, executable);
  const examples = documents.flatMap(({ blocks }) => blocks.flatMap((block) => block.examples));
  t.log(`${examples.length} examples`);
  t.true(examples.length > 10);
  for (const [index, picture] of pictures.entries()) {
    t.true(isUpToDate(picture, screens[index]!), `docs/pictures/${picture.name}: npm run examples draws it`);
  }
  for (const ran of documents) t.is(textNow(ran), ran.text, `${ran.file}: npm run examples writes the new output`);
});

test('ages and chosen ports do not count, other words do', (t) => {
  t.true(isSameOutput('train   8888   Ready   3s\n', 'train   8888  Ready     7h20m\n'));
  t.true(isSameOutput('http://203.0.113.11:30901/x', 'http://203.0.113.11:32080/x'));
  t.false(isSameOutput('train   8888   Ready   3s\n', 'train   8888   Broken   3s\n'));
  t.false(isSameOutput('http://203.0.113.11/', 'http://203.0.113.12/'));
  t.is(masked('12m   4 s old'), 'DURATION  DURATION old');
});
