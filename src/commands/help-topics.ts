import type { HelpTopic } from '../output/help-text.ts';

/** The topics of `help TOPIC` that are not commands. */
export const helpTopics: readonly HelpTopic[] = [
  {
    name: 'modes',
    title: 'The ways to reach a port of a SkyPilot cluster',
    paragraphs: [
      [
        '  loadbalancer   one Service of type LoadBalancer; the cluster must be able to give it an address',
        '  ingress        paths of an ingress controller that supports nginx.ingress.kubernetes.io annotations',
        '  nodeport       a port of every node; callers must be able to reach a node',
        "  podip          the head Pod's own address; for callers inside the Pod network",
        '  clusterip      a Service of another program; the plugin lists it but never creates one',
      ].join('\n'),
      'Without --mode, expose uses the mode in which SkyPilot opened ports of this cluster. If SkyPilot opened no ports, expose uses the mode in ~/.sky/config.yaml (kubernetes.ports). If the file does not set a mode, expose uses loadbalancer.',
      '"kubectl skyports doctor" says which modes could open a port on this cluster. "kubectl skyports doctor --mode MODE" says what prevents a mode from working.',
    ],
  },
  {
    name: 'apps',
    title: 'Apps that "expose --app" knows, and how to start them',
    paragraphs: [
      'In ingress mode, the URL of an app has a path: /skyports/NAMESPACE/CLUSTER/PORT. "kubectl skyports expose SKYCLUSTER PORT --mode ingress --app APP" chooses whether the app sees this path. It also sets time and size limits that suit the app. Then it prints the start command below, with the real path, host and port.',
      "Some apps do not work below a path. They need their own host: --host '{port}-{cluster}.example.com'. In other modes, the URL has no path, so every app works.",
      '/PREFIX stands for the path. HOST stands for the host and port in the URL. Replace all other words in capital letters. "kubectl skyports help apps APP" explains one app: its port, who may use it, and its page.',
    ],
    load: async () => [(await import('../apps/app-lines.ts')).appLines().join('\n')],
    entries: async () => {
      const [{ appHelp }, { appNames }] = await Promise.all([
        import('../apps/app-lines.ts'),
        import('../apps/names.ts'),
      ]);
      return { names: appNames, helpFor: appHelp };
    },
  },
  {
    name: 'states',
    title: 'What the STATE of an endpoint means',
    paragraphs: [
      'If several states apply, the table shows the first of them in this list:',
      [
        '  Unknown      you lack a permission that the row needs',
        '  Broken       the Service or Ingress of the port refers to an object that does not exist',
        '  Pending      the port has no address',
        '  NoBackends   the port has an address, but nothing behind the address is ready: the app has',
        '               no ready Pod, the ingress controller has no ready Pod, or no SkyServe service',
        '               uses the port yet',
        '  Ready        the port has an address and a ready Pod',
      ].join('\n'),
      'The plugin computes the state from data of the API server. It does not call the address. "kubectl skyports endpoints --check" calls each URL and shows the ANSWER.',
      '--wait waits until each URL answers. An open connection is enough. Over HTTP, every answer counts, including 401 and 403. Only an error page of the ingress controller itself does not count. If nothing listens on the port yet, or the URL cannot be called from this machine, --wait skips the URL and says so.',
      'In mode podip, Kubernetes does not record which ports are open. So you have to name the ports. If a state is not Ready, "kubectl skyports doctor SKYCLUSTER PORT" finds the cause.',
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
        '  2   usage error: the plugin changed nothing, and stderr says what to type instead',
        '  3   a problem was found: doctor found an error, config check found a fault, the cluster or port',
        '      that you named has no URL, or (with --wait) a URL does not answer',
        '  4   unknown: a permission is missing, an object that is needed could not be read,',
        '      or doctor cannot call the address from this machine',
      ].join('\n'),
      'On Windows, kubectl replaces every code except 0 with 1. The JSON output of doctor also contains the outcome.',
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
        '  POD_NAMESPACE                            in a Pod: the namespace; default: that of the service account',
        '  HTTPS_PROXY, HTTP_PROXY, NO_PROXY        a proxy to the API server, as in kubectl',
        '  SSL_CERT_FILE                            certificate authorities, if the kubeconfig names none',
        '  KUBECTL_PATH                             the kubectl that forward runs; set by kubectl 1.37',
        "  SKYPILOT_CONFIG                          SkyPilot's only configuration file; it replaces the next two files",
        "  SKYPILOT_GLOBAL_CONFIG                   the user's configuration, instead of ~/.sky/config.yaml",
        "  SKYPILOT_PROJECT_CONFIG                  the project's configuration, instead of .sky.yaml",
        '  SKYPILOT_API_SERVER_ENDPOINT             a remote SkyPilot API server, which has its own configuration',
        '  SKYPORTS_PROBE                           false: do not look up host names, and do not call addresses of ports',
        '  SKYPORTS_COMPLETION_TIMEOUT              how long the tab key waits for the API server; default 300ms',
        '  BROWSER                                  the program that open and --open start',
        '  PATH                                     the folders with kubectl, credential plugins and the browser',
        '  HOME, USERPROFILE, HOMEDRIVE, HOMEPATH   the home directory',
      ].join('\n'),
      'Variables for Node.js (NODE_OPTIONS, NODE_PATH) have no effect. The plugin never reads a Secret.',
    ],
  },
  {
    name: 'permissions',
    title: 'Permissions that the commands need',
    paragraphs: [
      'endpoints must be allowed to list pods, services, ingresses and endpointslices in the namespace. In the whole cluster, it must be allowed to list ingressclasses, and the services and pods of ingress controllers. For some rows, it also lists nodes and events. If you lack a permission, only the rows that need it are Unknown.',
      'expose and unexpose create, patch and delete services and ingresses in the namespace of the SkyPilot cluster. annotate patches the Service of the ingress controller. prune also lists deployments, and deletes services and ingresses.',
      '"kubectl skyports doctor --only permissions" prints a command for an administrator. This command grants you the missing permissions.',
    ],
  },
];
