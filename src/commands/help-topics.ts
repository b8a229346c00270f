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
        '  NoBackends   it has an address, and no ready Pod of the app or of the ingress controller behind it;',
        '               or SkyServe has opened it in advance',
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
        '  KUBECONFIG                               kubeconfig files, as in kubectl; default ~/.kube/config',
        '  KUBERNETES_MASTER                        the API server if no kubeconfig names one, as in kubectl',
        '  KUBERNETES_SERVICE_HOST                  in a Pod: the API server, as in kubectl',
        '  KUBERNETES_SERVICE_PORT                  in a Pod: its port',
        '  POD_NAMESPACE                            in a Pod: the namespace, instead of that of the service account',
        '  HTTPS_PROXY, HTTP_PROXY, NO_PROXY        a proxy to the API server, as in kubectl',
        '  SSL_CERT_FILE                            authorities for an API server whose kubeconfig names none',
        '  KUBECTL_PATH                             the kubectl that forward runs; set by kubectl 1.37',
        "  SKYPILOT_CONFIG                          SkyPilot's only configuration file, instead of the next two",
        "  SKYPILOT_GLOBAL_CONFIG                   the user's configuration, instead of ~/.sky/config.yaml",
        "  SKYPILOT_PROJECT_CONFIG                  the project's configuration, instead of .sky.yaml",
        '  SKYPILOT_API_SERVER_ENDPOINT             a remote SkyPilot API server, which has a configuration of its own',
        '  SKYPORTS_PROBE                           false: this machine looks up no name and calls no address',
        '  SKYPORTS_COMPLETION_TIMEOUT              how long the tab key waits for the API server (300ms)',
        '  BROWSER                                  the program that --open starts',
        '  PATH                                     where kubectl, credential plugins and the browser are found',
        '  HOME, USERPROFILE, HOMEDRIVE, HOMEPATH   the home directory',
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
