import { type App, titleOf } from './app.ts';

export const dash: App = {
  name: 'dash',
  title: 'Dash',
  ports: [8050],
  belowPrefix: 'keep',
  start: {
    strip: 'DASH_REQUESTS_PATHNAME_PREFIX={path}/ HOST=0.0.0.0 PORT={port} python APP.py',
    keep: 'DASH_URL_BASE_PATHNAME={path}/ HOST=0.0.0.0 PORT={port} python APP.py',
    host: 'HOST=0.0.0.0 PORT={port} python APP.py',
  },
  listen: 'HOST=0.0.0.0',
  authentication: 'none',
  note: 'its links are absolute, so it needs one of these variables in every mode with a prefix',
  isIt: (page) =>
    /_dash-(?:component-suites|config|renderer|layout)|id="react-entry-point"/.test(page.body) ||
    titleOf(page) === 'Dash',
  sources: ['plotly/dash, dash/_configs.py: pathname_configs, load_dash_env_vars'],
  evidence: 'ran',
};
