import { type App, headerOf, titleOf } from './app.ts';

export const rstudio: App = {
  name: 'rstudio',
  title: 'RStudio Server',
  ports: [8787],
  belowPrefix: 'strip',
  start: {
    strip: 'rserver --server-daemonize=0 --www-port={port} --www-root-path={path}',
    host: 'rserver --server-daemonize=0 --www-port={port}',
  },
  websocket: { path: 'events', handshake: 'needs-token' },
  largeBodies: true,
  authentication: 'password',
  isIt: (page) => /^RStudio/.test(headerOf(page, 'server')) || /^RStudio/.test(titleOf(page)),
  sources: ['https://docs.posit.co/ide/server-pro/access_and_security/running_with_a_proxy.html: www-root-path'],
  evidence: 'read',
};
