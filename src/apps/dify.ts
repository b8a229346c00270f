import { type App, titleOf } from './app.ts';

export const dify: App = {
  name: 'dify',
  title: 'Dify',
  ports: [3000],
  belowPrefix: 'host-only',
  start: { host: 'docker compose up' },
  streams: true,
  largeBodies: true,
  authentication: 'password',
  isIt: (page) => /^Dify/.test(titleOf(page)),
  sources: ['langgenius/dify, docker/nginx/conf.d/default.conf.template'],
  evidence: 'read',
};
