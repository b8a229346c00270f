import type { HelpTopic } from '../output/help-text.ts';

/** What `help TOPIC` explains, besides the commands. */
export const helpTopics: readonly HelpTopic[] = [
  {
    name: 'modes',
    title: 'The ways to reach a port of a SkyPilot cluster',
    paragraphs: [
      [
        '  loadbalancer   one Service of type LoadBalancer; needs something that gives it an address',
        '  ingress        paths of an ingress controller that reads nginx.ingress.kubernetes.io annotations',
        '  nodeport       a port of every node; needs callers that reach a node',
        "  podip          the head Pod's own address; for callers inside the Pod network",
        "  clusterip      another program's Service; listed, never created",
      ].join('\n'),
      "Without --mode, expose does as SkyPilot would: the mode of the cluster's own objects, else what ~/.sky/config.yaml says (kubernetes.ports), else loadbalancer.",
      '"kubectl skyports doctor" says which modes could open a port on this cluster; "doctor --mode MODE" says what prevents it.',
    ],
  },
  {
    name: 'states',
    title: 'What the STATE of an endpoint means; the first that applies',
    paragraphs: [
      [
        '  Unknown      you lack a permission that the row needs',
        '  Broken       it refers to something that does not exist',
        '  Pending      it has no address',
        '  NoBackends   it has an address, and no ready Pod of the app or of the ingress controller behind it',
        '  Ready        it has an address, and a ready Pod behind it',
      ].join('\n'),
      'The state comes from the API server: no connection to the address is made. "endpoints --check" calls each URL and shows its ANSWER.',
      "--wait goes further: it ends when each URL answers. A connection is enough, and over HTTP any answer but the ingress controller's own page; 401 and 403 are answers. It ends at once if nothing listens on the port yet, and for a URL that may not be called from here.",
      'For a Pod IP, no object shows whether the port is open. "kubectl skyports doctor SKYCLUSTER PORT" looks for the cause of any other state.',
    ],
  },
  {
    name: 'exit-codes',
    title: 'Exit codes; they do not depend on -o',
    paragraphs: [
      [
        '  0   fine',
        '  1   failed: the server could not be reached, or refused',
        '  2   misused: the one line on stderr says what to type instead; nothing was changed',
        '  3   a problem was found; with --wait, a URL does not answer',
        '  4   unknown: a permission is missing, or something that was needed was not seen',
      ].join('\n'),
      'On Windows kubectl turns every one but 0 into 1; the JSON of doctor has the outcome too.',
    ],
  },
  {
    name: 'environment',
    title: 'Environment variables and files that are read',
    paragraphs: [
      [
        '  KUBECONFIG                    kubeconfig files, as kubectl reads them; else ~/.kube/config',
        '  HTTPS_PROXY, NO_PROXY         a proxy to the API server, as kubectl takes it',
        "  SKYPILOT_CONFIG               SkyPilot's configuration, instead of all that follows",
        "  SKYPILOT_GLOBAL_CONFIG        the user's, instead of ~/.sky/config.yaml",
        "  SKYPILOT_PROJECT_CONFIG       the project's, instead of .sky.yaml",
        '  SKYPORTS_COMPLETION_TIMEOUT   how long the tab key waits for the API server (300ms)',
        '  BROWSER                       the program that --open starts',
      ].join('\n'),
      'Variables that are meant for Node (NODE_OPTIONS, NODE_PATH) have no effect. No Secret is ever read.',
    ],
  },
  {
    name: 'permissions',
    title: 'Permissions that the commands need',
    paragraphs: [
      'endpoints lists pods, services, ingresses and endpointslices in the namespace, ingressclasses, and the Services of ingress controllers; nodes, and warnings about Services, when a row needs them. If you lack a permission, only the rows that need it are Unknown.',
      'expose and unexpose create, patch and delete services and ingresses in the namespace of the SkyPilot cluster. annotate patches the Service of the ingress controller. prune lists deployments besides, and deletes.',
      '"kubectl skyports doctor --only permissions" prints the command with which an administrator grants what is missing.',
    ],
  },
];
