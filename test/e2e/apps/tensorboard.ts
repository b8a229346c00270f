import type { App } from './app.ts';

const scalars = `
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
writer = EventFileWriter('logs/run')
for step in range(20):
    writer.add_event(Event(step=step, wall_time=1.7e9 + step, summary=Summary(value=[Summary.Value(tag='loss', simple_value=1 / (step + 1))])))
writer.close()
`;

export const tensorboard: App = {
  name: 'tensorboard',
  from: 'tensorboard',
  set: 'few',
  port: 6006,
  diagnosedBehindSkyPilots: ['app-needs-slash'],
  files: { 'scalars.py': scalars },
  before: 'python scalars.py',
  words: { LOGDIR: 'logs' },
  // The fonts of a library's own style sheet, asked of the root of the host.
  ownFaults: [/\/font-roboto\//],
  async use(page) {
    await page.locator('scalar-card', { hasText: 'loss' }).first().waitFor();
  },
};
