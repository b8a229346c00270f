import { type App, titleOf } from './app.ts';

export const grafana: App = {
  name: 'grafana',
  title: 'Grafana',
  ports: [3000],
  belowPrefix: 'keep',
  start: {
    keep: 'GF_SERVER_HTTP_PORT={port} GF_SERVER_ROOT_URL={origin}{path}/ GF_SERVER_SERVE_FROM_SUB_PATH=true grafana server',
    strip: 'GF_SERVER_HTTP_PORT={port} GF_SERVER_ROOT_URL={origin}{path}/ grafana server',
    host: 'GF_SERVER_HTTP_PORT={port} grafana server',
  },
  websocket: { path: 'api/live/ws', handshake: 'needs-token' },
  health: 'api/health',
  authentication: 'password',
  isIt: (page) => titleOf(page) === 'Grafana' || /grafanaBootData/.test(page.body),
  sources: ['https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/: root_url, serve_from_sub_path'],
  evidence: 'read',
};
