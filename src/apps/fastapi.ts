import { type App, mayBeServer } from './app.ts';

export const fastapi: App = {
  name: 'fastapi',
  title: 'FastAPI',
  ports: [8000],
  belowPrefix: 'strip',
  start: {
    strip: 'uvicorn APP:app --host=0.0.0.0 --port={port} --root-path={path}',
    host: 'uvicorn APP:app --host=0.0.0.0 --port={port}',
  },
  listen: '--host=0.0.0.0',
  streams: true,
  largeBodies: true,
  opens: 'docs',
  authentication: 'none',
  note: 'FastAPI(root_path) in place of the option of uvicorn lets redirects lose the prefix',
  isIt: (page) =>
    mayBeServer(page, /^uvicorn$/) &&
    (/^\{"detail":"(?:Not Found|Method Not Allowed)"\}$/.test(page.body.trim()) || /swagger-ui/.test(page.body)),
  sources: ['https://fastapi.tiangolo.com/advanced/behind-a-proxy/', 'https://www.uvicorn.org/settings/: --root-path'],
  evidence: 'ran',
};
