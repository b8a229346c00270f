import { type App, titleOf } from './app.ts';

export const langflow: App = {
  name: 'langflow',
  title: 'Langflow',
  ports: [7860],
  belowPrefix: 'host-only',
  start: { host: 'langflow run --host 0.0.0.0 --port {port}' },
  listen: '--host 0.0.0.0',
  streams: true,
  largeBodies: true,
  health: 'health',
  authentication: 'none',
  isIt: (page) => /^Langflow/.test(titleOf(page)),
  sources: ['langflow-ai/langflow issue 5468'],
  evidence: 'read',
};
