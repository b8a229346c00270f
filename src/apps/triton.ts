import type { App } from './app.ts';

export const triton: App = {
  name: 'triton',
  title: 'Triton Inference Server (HTTP)',
  ports: [8000],
  belowPrefix: 'strip',
  start: {
    strip: 'tritonserver --model-repository=MODELS --http-port={port}',
    host: 'tritonserver --model-repository=MODELS --http-port={port}',
  },
  largeBodies: true,
  health: 'v2/health/ready',
  authentication: 'none',
  note: 'its gRPC port 8001 does not work through an Ingress of this plugin; open it with --mode loadbalancer',
  isIt: ({ body }) => /"name":"triton"/.test(body),
  sources: [
    'https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/protocol/extension_statistics.html',
    'triton-inference-server/server, src/command_line_parser.cc',
  ],
  evidence: 'read',
};
