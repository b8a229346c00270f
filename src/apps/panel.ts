import { type App, titleOf } from './app.ts';

export const panel: App = {
  name: 'panel',
  title: 'Panel',
  ports: [5006],
  belowPrefix: 'strip',
  start: {
    strip: 'panel serve APP.py --address=0.0.0.0 --port={port} --allow-websocket-origin={host}',
    keep: 'panel serve APP.py --address=0.0.0.0 --port={port} --allow-websocket-origin={host} --prefix={path}',
    host: 'panel serve APP.py --address=0.0.0.0 --port={port} --allow-websocket-origin={host}',
  },
  listen: '--address=0.0.0.0',
  websocket: { path: 'ws', handshake: 'needs-page' },
  authentication: 'none',
  note: 'bokeh serve takes the same options',
  isIt: (page) =>
    /Panel Applications|Bokeh Application/.test(titleOf(page)) ||
    (/static\/js\/bokeh|static\/extensions\/panel/.test(page.body) && !/^Dask\b/.test(titleOf(page))),
  sources: [
    'https://panel.holoviz.org/how_to/server/commandline.html',
    'https://docs.bokeh.org/en/latest/docs/user_guide/server/server_deploy.html',
  ],
  evidence: 'ran',
};
