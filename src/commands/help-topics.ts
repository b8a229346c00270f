import type { HelpTopic } from '../output/help-text.ts';

/** The topics that `help TOPIC` explains, besides the commands. */
export const helpTopics: readonly HelpTopic[] = [
  {
    name: 'modes',
    title: 'The ways to reach a port of a SkyPilot cluster',
    paragraphs: [
      [
        '  loadbalancer   one Service of type LoadBalancer; the cluster must be able to give it an address',
        '  ingress        paths of an ingress controller; it must support nginx.ingress.kubernetes.io annotations',
        '  nodeport       a port of every node; callers must be able to reach a node',
        "  podip          the head Pod's own address; for callers inside the Pod network",
        "  clusterip      another program's Service; listed, never created",
      ].join('\n'),
      'If you leave out --mode, expose uses the mode in which SkyPilot opened ports of this cluster. If SkyPilot opened none, it uses the mode in ~/.sky/config.yaml (kubernetes.ports). If that file names no mode, it uses loadbalancer.',
      '"kubectl skyports doctor" says which modes could open a port on this cluster; "doctor --mode MODE" says what prevents it.',
    ],
  },
  {
    name: 'apps',
    title: 'Apps that "expose --app" knows, and how to start them',
    paragraphs: [
      'In ingress mode, an app is served below a path: /skyports/NAMESPACE/CLUSTER/PORT. "expose SKYCLUSTER PORT --mode ingress --app APP" chooses whether the app sees this path, sets time and size limits that suit the app, and prints the command below with the real path, host and port.',
      "An app that does not work below a path needs a host of its own: --host '{port}-{cluster}.example.com'. Other modes have no path, so every app works there.",
      '/PREFIX stands for the path, HOST for the host and port in the URL. Replace the other words in capital letters.',
    ],
    load: async () => [(await import('../apps/app-lines.ts')).appLines().join('\n')],
  },
  {
    name: 'states',
    title: 'What the STATE of an endpoint means',
    paragraphs: [
      'The first state that applies is shown:',
      [
        '  Unknown      you lack a permission that the row needs',
        '  Broken       it refers to something that does not exist',
        '  Pending      it has no address',
        '  NoBackends   it has an address, but nothing behind it is ready: no ready Pod of the app or of the',
        '               ingress controller, or no SkyServe service uses the port yet',
        '  Ready        it has an address and a ready Pod',
      ].join('\n'),
      'The state comes from the API server; the address is not called. "endpoints --check" calls each URL and shows its ANSWER.',
      "--wait waits until each URL answers. An open connection is enough. Over HTTP, any answer counts (also 401 and 403), except the ingress controller's own error page. If nothing listens on the port yet, or the URL cannot be called from here, --wait does not wait for it and says so.",
      'In mode podip, Kubernetes does not record which ports are open, so you have to name them. If a state is not Ready, "kubectl skyports doctor SKYCLUSTER PORT" finds the cause.',
    ],
  },
  {
    name: 'exit-codes',
    title: 'Exit codes; they do not depend on -o',
    paragraphs: [
      [
        '  0   success',
        '  1   failed: the server could not be reached, had an error, or refused the request;',
        '      or you did not confirm the change',
        '  2   usage error: stderr says what to type instead; nothing was changed',
        '  3   a problem was found: doctor found an error, config check found a fault, the cluster or port',
        '      that you named has no URL, or (with --wait) a URL does not answer',
        '  4   unknown: a permission is missing, an object that is needed could not be read,',
        '      or doctor cannot call the address from this machine',
      ].join('\n'),
      'On Windows, kubectl replaces every code except 0 by 1. The JSON of doctor also has the outcome.',
    ],
  },
  {
    name: 'environment',
    title: 'Environment variables and files that the plugin reads',
    paragraphs: [
      [
        '  KUBECONFIG                               kubeconfig files, as in kubectl; default ~/.kube/config',
        '  KUBERNETES_MASTER                        the API server if no kubeconfig names one, as in kubectl',
        '  KUBERNETES_SERVICE_HOST                  in a Pod: the API server, as in kubectl',
        '  KUBERNETES_SERVICE_PORT                  in a Pod: its port',
        '  POD_NAMESPACE                            in a Pod: the namespace, instead of that of the service account',
        '  HTTPS_PROXY, HTTP_PROXY, NO_PROXY        a proxy to the API server, as in kubectl',
        '  SSL_CERT_FILE                            certificate authorities, if the kubeconfig names none',
        '  KUBECTL_PATH                             the kubectl that forward runs; set by kubectl 1.37',
        "  SKYPILOT_CONFIG                          SkyPilot's only configuration file, instead of the next two",
        "  SKYPILOT_GLOBAL_CONFIG                   the user's configuration, instead of ~/.sky/config.yaml",
        "  SKYPILOT_PROJECT_CONFIG                  the project's configuration, instead of .sky.yaml",
        '  SKYPILOT_API_SERVER_ENDPOINT             a remote SkyPilot API server, which has its own configuration',
        '  SKYPORTS_PROBE                           false: the plugin looks up no names and calls no addresses of ports',
        '  SKYPORTS_COMPLETION_TIMEOUT              how long the tab key waits for the API server; default 300ms',
        '  BROWSER                                  the program that --open starts',
        '  PATH                                     where kubectl, credential plugins and the browser are found',
        '  HOME, USERPROFILE, HOMEDRIVE, HOMEPATH   the home directory',
      ].join('\n'),
      'Variables for Node.js (NODE_OPTIONS, NODE_PATH) have no effect. The plugin never reads a Secret.',
    ],
  },
  {
    name: 'permissions',
    title: 'Permissions that the commands need',
    paragraphs: [
      'endpoints needs the permission to list pods, services, ingresses and endpointslices in the namespace, all ingressclasses, and the Services and Pods of ingress controllers. For some rows, it also lists nodes and events. If you lack a permission, only the rows that need it are Unknown.',
      'expose and unexpose create, patch and delete services and ingresses in the namespace of the SkyPilot cluster. annotate patches the Service of the ingress controller. prune also lists deployments, and deletes services and ingresses.',
      '"kubectl skyports doctor --only permissions" prints the command with which an administrator grants what is missing.',
    ],
  },
];
