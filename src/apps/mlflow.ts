import { type App, titleOf } from './app.ts';

export const mlflow: App = {
  name: 'mlflow',
  title: 'MLflow',
  ports: [5000],
  belowPrefix: 'strip',
  start: {
    strip: 'mlflow server --host=0.0.0.0 --port={port} --allowed-hosts={host} --cors-allowed-origins={origin}',
    keep: 'mlflow server --host=0.0.0.0 --port={port} --allowed-hosts={host} --cors-allowed-origins={origin} --static-prefix={path}',
    host: 'mlflow server --host=0.0.0.0 --port={port} --allowed-hosts={host} --cors-allowed-origins={origin}',
  },
  listen: '--host=0.0.0.0',
  largeBodies: true,
  health: 'health',
  authentication: 'none',
  hostRefusal: {
    isIt: ({ status, body }) => status === 403 && body.includes('Invalid Host header'),
    option: '--allowed-hosts={host} --cors-allowed-origins={origin}',
  },
  note: 'since version 3.5 it answers 403 to a host that it does not know, and to a POST of a page whose origin it does not know',
  isIt: (page) =>
    titleOf(page) === 'MLflow' ||
    (page.status === 403 && /Invalid Host header - possible DNS rebinding/.test(page.body)),
  sources: [
    'https://mlflow.org/docs/latest/self-hosting/security/network/',
    'mlflow/mlflow, mlflow/server/fastapi_security.py',
  ],
  evidence: 'ran',
};
