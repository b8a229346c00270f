import { type App, titleOf } from './app.ts';

export const n8n: App = {
  name: 'n8n',
  title: 'n8n',
  ports: [5678],
  belowPrefix: 'strip',
  start: {
    strip: 'N8N_PORT={port} N8N_PATH={path}/ N8N_EDITOR_BASE_URL={origin}{path}/ WEBHOOK_URL={origin}{path}/ n8n start',
    host: 'N8N_PORT={port} N8N_EDITOR_BASE_URL={origin}/ WEBHOOK_URL={origin}/ n8n start',
  },
  websocket: { path: 'rest/push', handshake: 'needs-token' },
  largeBodies: true,
  health: 'healthz',
  authentication: 'password',
  note: 'over plain http, set N8N_SECURE_COOKIE=false, or it refuses to log in',
  isIt: (page) => /n8n\.io - Workflow Automation|^n8n/.test(titleOf(page)),
  sources: [
    'https://docs.n8n.io/hosting/configuration/environment-variables/endpoints/',
    'https://docs.n8n.io/hosting/configuration/environment-variables/deployment/: N8N_PATH',
  ],
  evidence: 'read',
};
