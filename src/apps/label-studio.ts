import { type App, titleOf } from './app.ts';

export const labelStudio: App = {
  name: 'label-studio',
  title: 'Label Studio',
  ports: [8080],
  belowPrefix: 'strip',
  start: {
    strip:
      'LABEL_STUDIO_HOST={origin}{path} CSRF_TRUSTED_ORIGINS={origin} label-studio start --internal-host 0.0.0.0 --port {port}',
    host: 'LABEL_STUDIO_HOST={origin} CSRF_TRUSTED_ORIGINS={origin} label-studio start --internal-host 0.0.0.0 --port {port}',
  },
  largeBodies: true,
  health: 'health',
  authentication: 'password',
  note: 'without CSRF_TRUSTED_ORIGINS it answers 403 to its own forms',
  isIt: (page) => /^Label Studio/.test(titleOf(page)),
  sources: ['https://labelstud.io/guide/start.html: LABEL_STUDIO_HOST, CSRF_TRUSTED_ORIGINS'],
  evidence: 'read',
};
