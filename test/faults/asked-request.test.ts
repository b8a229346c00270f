import test from 'ava';
import { askedRequest } from './asked-request.ts';

for (const [method, path, wanted] of [
  ['GET', '/api/v1/namespaces/x/pods?limit=1000', { resource: 'pods', namespace: 'x', name: undefined, does: 'read' }],
  ['GET', '/api/v1/nodes', { resource: 'nodes', namespace: undefined, name: undefined, does: 'read' }],
  ['GET', '/api/v1/namespaces', { resource: 'namespaces', namespace: undefined, name: undefined, does: 'read' }],
  [
    'PATCH',
    '/apis/networking.k8s.io/v1/namespaces/x/ingresses/web?fieldManager=kubectl-skyports',
    { resource: 'ingresses', group: 'networking.k8s.io', namespace: 'x', name: 'web', does: 'write' },
  ],
  ['PATCH', '/api/v1/namespaces/x/services/web?dryRun=All', { resource: 'services', name: 'web', does: 'rehearse' }],
  ['DELETE', '/api/v1/namespaces/x/services/web', { resource: 'services', name: 'web', does: 'write' }],
  ['GET', '/version', { resource: 'version', name: undefined, does: 'read' }],
  ['GET', '/apis', { resource: 'groups', name: undefined, does: 'read' }],
  [
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    { resource: 'selfsubjectaccessreviews', does: 'read' },
  ],
] as const) {
  test(`${method} ${path}`, (t) => {
    t.like(askedRequest(method, path), wanted);
  });
}
