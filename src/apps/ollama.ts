import type { App } from './app.ts';

export const ollama: App = {
  name: 'ollama',
  title: 'Ollama',
  ports: [11434],
  belowPrefix: 'strip',
  start: {
    strip: 'OLLAMA_HOST=0.0.0.0:{port} ollama serve',
    host: 'OLLAMA_HOST=0.0.0.0:{port} ollama serve',
  },
  listen: 'OLLAMA_HOST=0.0.0.0:{port}',
  streams: true,
  largeBodies: true,
  authentication: 'none',
  isIt: ({ body }) => body.trim() === 'Ollama is running',
  sources: ['https://docs.ollama.com/faq: OLLAMA_HOST', 'ollama/ollama, server/routes.go'],
  evidence: 'read',
};
