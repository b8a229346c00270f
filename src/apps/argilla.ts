import { type App, titleOf } from './app.ts';

export const argilla: App = {
  name: 'argilla',
  title: 'Argilla',
  ports: [6900],
  belowPrefix: 'strip',
  start: {
    strip: 'ARGILLA_BASE_URL={path} uvicorn argilla_server:app --host 0.0.0.0 --port {port} --root-path {path}',
    host: 'uvicorn argilla_server:app --host 0.0.0.0 --port {port}',
  },
  listen: '--host 0.0.0.0',
  largeBodies: true,
  authentication: 'password',
  isIt: (page) => /^Argilla/.test(titleOf(page)),
  sources: ['https://docs.argilla.io/latest/reference/argilla-server/configuration/: ARGILLA_BASE_URL'],
  evidence: 'read',
};
