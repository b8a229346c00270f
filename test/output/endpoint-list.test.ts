import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import fc from 'fast-check';
import { type EndpointList, endpointListOf } from '../../src/output/endpoint-list.ts';
import { renderJson } from '../../src/output/json.ts';
import { anyEndpoint } from '../helpers/endpoints.ts';
import { lookAt, rowsAt } from '../helpers/look.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docs/endpoint-list.schema.json'), 'utf8'),
) as Record<string, unknown>;
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
const validate = ajv.compile(schema);

const train = skyNames('default', 'train');
const chat = skyNames('default', 'chat');
const objects = [
  skyPod(train, { podIP: '10.244.0.7' }),
  skyLoadBalancer(train, [8888], { ip: '203.0.113.5' }),
  skyPod(chat, { podIP: '10.244.0.8' }),
  skyPortService(chat, 7860),
  skyIngress(chat, [7860]),
  ingressClass(),
  ingressNginxService({ ip: '203.0.113.9' }),
];

test('the document of the contract, key by key', (t) => {
  const options = { namespace: 'default', unseen: ['nodes'] } as const;
  const list = endpointListOf(lookAt(objects, options), rowsAt(objects, options));
  t.is(
    renderJson(list),
    `{
    "apiVersion": "skyports/v1alpha1",
    "kind": "EndpointList",
    "metadata": {
        "context": "prod",
        "namespace": "default",
        "unobserved": [
            {
                "resource": "nodes",
                "namespace": null,
                "reason": "nodes is forbidden"
            }
        ]
    },
    "items": [
        {
            "skyCluster": "chat",
            "nameOnCloud": "chat-2ea485ef",
            "namespace": "default",
            "port": 7860,
            "targetPort": 7860,
            "protocol": "TCP",
            "mode": "ingress",
            "address": "203.0.113.9",
            "addresses": [
                "203.0.113.9"
            ],
            "url": "http://203.0.113.9/skypilot/default/chat-2ea485ef/7860/",
            "inClusterUrl": "http://chat-2ea485ef--skypilot-svc--7860.default.svc:7860",
            "state": "Ready",
            "reason": "",
            "scope": "public",
            "access": [
                "none"
            ],
            "managedBy": "skypilot",
            "skyPilot": {
                "prints": "http://203.0.113.9/skypilot/default/chat-2ea485ef/7860",
                "reason": "first entry of status.loadBalancer.ingress of Service ingress-nginx/ingress-nginx-controller",
                "differs": null
            },
            "source": [
                {
                    "kind": "Ingress",
                    "namespace": "default",
                    "name": "chat-2ea485ef-skypilot-ingress"
                },
                {
                    "kind": "Service",
                    "namespace": "default",
                    "name": "chat-2ea485ef--skypilot-svc--7860"
                },
                {
                    "kind": "Service",
                    "namespace": "ingress-nginx",
                    "name": "ingress-nginx-controller"
                }
            ],
            "owner": "ada",
            "createdAt": null
        },
        {
            "skyCluster": "train",
            "nameOnCloud": "train-2ea485ef",
            "namespace": "default",
            "port": 8888,
            "targetPort": 8888,
            "protocol": "TCP",
            "mode": "loadbalancer",
            "address": "203.0.113.5",
            "addresses": [
                "203.0.113.5"
            ],
            "url": "http://203.0.113.5:8888",
            "inClusterUrl": "http://train-2ea485ef--skypilot-lb.default.svc:8888",
            "state": "Ready",
            "reason": "",
            "scope": "public",
            "access": [
                "none"
            ],
            "managedBy": "skypilot",
            "skyPilot": {
                "prints": "203.0.113.5:8888",
                "reason": "first entry of status.loadBalancer.ingress of Service train-2ea485ef--skypilot-lb",
                "differs": null
            },
            "source": [
                {
                    "kind": "Service",
                    "namespace": "default",
                    "name": "train-2ea485ef--skypilot-lb"
                }
            ],
            "owner": "ada",
            "createdAt": null
        }
    ]
}
`,
  );
});

function problems(list: unknown): unknown {
  return validate(list) ? [] : validate.errors;
}

test('the schema takes every document that the types allow', (t) => {
  fc.assert(
    fc.property(fc.array(anyEndpoint, { maxLength: 3 }), fc.constantFrom(null, 'default'), (endpoints, namespace) => {
      const snapshot = lookAt([], { namespace, unseen: ['ingresses', 'endpointSlices'] });
      t.deepEqual(problems(JSON.parse(renderJson(endpointListOf(snapshot, endpoints)))), []);
    }),
  );
});

test('the schema takes every document that is made, of every mode', (t) => {
  for (const unseen of [[], ['services'], ['ingresses'], ['pods', 'endpointSlices'], ['nodes']] as const) {
    const list = endpointListOf(lookAt(objects, { unseen }), rowsAt(objects, { unseen }, { ports: [8888, 7860] }));
    t.true(list.items.length > 0);
    t.deepEqual(problems(JSON.parse(renderJson(list))), []);
  }
});

/** Every object of a document, with the path to it. */
function objectsIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, each]) => objectsIn(each, [...path, key]));
  return Array.isArray(value) ? inner : [path, ...inner];
}

test('the schema is strict: no key may be missing and none may be more', (t) => {
  const options = { unseen: ['nodes'] } as const;
  const list = endpointListOf(lookAt(objects, options), rowsAt(objects, options));
  const at = (copy: EndpointList, path: readonly (string | number)[]) =>
    path.reduce<Record<string, unknown>>((value, key) => value[key] as never, copy as never);
  for (const path of objectsIn(list)) {
    const more = structuredClone(list);
    at(more, path).extra = 1;
    t.false(validate(more), `${path.join('.')}.extra`);
    for (const key of Object.keys(at(list, path))) {
      const less = structuredClone(list);
      delete at(less, path)[key];
      t.false(validate(less), `${path.join('.')} without ${key}`);
      const wrong = structuredClone(list);
      at(wrong, path)[key] = { not: 'this' };
      t.false(validate(wrong), `${path.join('.')}.${key} of another type`);
    }
  }
});
