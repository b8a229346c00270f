import { type App, titleOf } from './app.ts';

export const prefect: App = {
  name: 'prefect',
  title: 'Prefect',
  ports: [4200],
  belowPrefix: 'keep',
  start: {
    keep: 'PREFECT_UI_SERVE_BASE={path} PREFECT_UI_API_URL={path}/api PREFECT_SERVER_API_BASE_PATH={path}/api prefect server start --host 0.0.0.0 --port {port}',
    host: 'PREFECT_UI_API_URL=/api prefect server start --host 0.0.0.0 --port {port}',
  },
  listen: '--host 0.0.0.0',
  websocket: { path: 'api/events/out', handshake: 'harmless' },
  authentication: 'none',
  isIt: (page) => /^Prefect/.test(titleOf(page)),
  sources: ['https://docs.prefect.io/v3/api-ref/settings-ref: ui.serve_base, ui.api_url, server.api.base_path'],
  evidence: 'read',
};
