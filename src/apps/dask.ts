import { type App, headerOf, mayBeServer, titleOf } from './app.ts';

export const dask: App = {
  name: 'dask',
  title: 'the Dask dashboard',
  ports: [8787],
  belowPrefix: 'strip',
  start: {
    strip: 'dask scheduler --dashboard-address=0.0.0.0:{port}',
    host: 'dask scheduler --dashboard-address=0.0.0.0:{port}',
  },
  opens: 'status',
  websocket: { path: 'status/ws', handshake: 'harmless' },
  health: 'health',
  authentication: 'none',
  note: 'its root redirects to /status without the prefix, so open the page status below the prefix',
  isIt: (page) =>
    /^Dask\b/.test(titleOf(page)) ||
    (mayBeServer(page, /Tornado/) && /\/status$/.test(headerOf(page, 'location')) && page.status < 400),
  sources: ['dask/distributed, distributed/cli/dask_scheduler.py and distributed/dashboard/components/scheduler.py'],
  evidence: 'ran',
};
