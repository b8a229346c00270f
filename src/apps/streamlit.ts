import { type App, titleOf } from './app.ts';

export const streamlit: App = {
  name: 'streamlit',
  title: 'Streamlit',
  ports: [8501],
  belowPrefix: 'strip',
  start: {
    strip: 'streamlit run APP.py --server.port={port} --server.headless=true',
    keep: 'streamlit run APP.py --server.port={port} --server.headless=true --server.baseUrlPath={path}',
    host: 'streamlit run APP.py --server.port={port} --server.headless=true',
  },
  listen: '--server.address=0.0.0.0',
  websocket: { path: '_stcore/stream', handshake: 'harmless', comparesHost: true },
  largeBodies: true,
  health: '_stcore/health',
  authentication: 'none',
  note: 'it refuses a websocket whose Origin is not the host of the request, so a proxy must not change the Host header',
  isIt: (page) => titleOf(page) === 'Streamlit',
  sources: [
    'https://docs.streamlit.io/develop/api-reference/configuration/config.toml: server.baseUrlPath, server.address',
    'streamlit/streamlit issues 429, 737, 1139, 1716, 3270, 6305, 7856 and 14209',
  ],
  evidence: 'ran',
};
