import { type App, titleOf } from './app.ts';

export const openWebui: App = {
  name: 'open-webui',
  title: 'Open WebUI',
  ports: [8080],
  belowPrefix: 'host-only',
  start: { host: 'open-webui serve --host 0.0.0.0 --port {port}' },
  streams: true,
  websocket: { path: 'ws/socket.io/?EIO=4&transport=websocket', handshake: 'harmless' },
  largeBodies: true,
  health: 'health',
  authentication: 'password',
  isIt: (page) => /^Open WebUI/.test(titleOf(page)),
  sources: ['open-webui/open-webui issues 1162, 6649, 17257 and 25796'],
  evidence: 'read',
};
