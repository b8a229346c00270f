import type { App } from './app.ts';

export const gradio: App = {
  name: 'gradio',
  title: 'Gradio',
  ports: [7860],
  belowPrefix: 'strip',
  start: {
    strip: 'GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT={port} GRADIO_ROOT_PATH={path} python APP.py',
    keep: 'GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT={port} GRADIO_ROOT_PATH={path} python APP.py',
    host: 'GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT={port} python APP.py',
  },
  listen: 'GRADIO_SERVER_NAME=0.0.0.0',
  streams: true,
  largeBodies: true,
  authentication: 'none',
  // gradio routes.py and route_utils.py: the page's settings have the root URL of the app, below which its script loads
  // theme.css.
  styleLoadedByScript({ body }) {
    const start = body.indexOf('window.gradio_config');
    const root = start < 0 ? undefined : /"root": ?"(https?:[^"\\]+)"/.exec(body.slice(start))?.[1];
    return root === undefined ? undefined : `${root}/theme.css`;
  },
  isIt: (page) => /window\.gradio_config|<gradio-app|gradio\.s3-us-west-2/.test(page.body),
  sources: ['https://www.gradio.app/guides/environment-variables', 'gradio-app/gradio, gradio/utils.py: get_root_url'],
  evidence: 'ran',
};
