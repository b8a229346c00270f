import type { HelpTopic } from '../output/help-text.ts';

/** The topics of `help TOPIC` that are not commands. */
export const helpTopics: readonly HelpTopic[] = [
  {
    name: 'recipes',
    title: 'The command for each symptom and each task. Start here',
    paragraphs: [
      'In these commands, "train" is the name of the SkyPilot cluster, and the app listens on port 8888. "kubectl skyports COMMAND --help" explains each command.',
    ],
    load: async () => (await import('./recipes.ts')).recipeParagraphs(),
  },
  {
    name: 'modes',
    title: 'The ways to reach a port of a SkyPilot cluster',
    paragraphs: [
      'SkyPilot opens ports in mode loadbalancer, unless its configuration says ingress or podip (kubernetes.ports). "kubectl skyports config get" says which mode new SkyPilot clusters will use.',
      [
        '  loadbalancer   a Service of type LoadBalancer for each SkyPilot cluster; a load balancer must give the Service an address',
        '  ingress        a path of an ingress controller; it must support nginx.ingress.kubernetes.io annotations',
        "  podip          the head Pod's own address; for callers inside the Pod network",
        '  nodeport       only "expose" uses it: a port of every node; callers must be able to reach a node',
        '  clusterip      a Service that another program created; the plugin only lists such Services',
      ].join('\n'),
      'Without --mode, "expose" uses the mode in which SkyPilot opened ports of this SkyPilot cluster. If SkyPilot opened no ports, "expose" uses the mode in ~/.sky/config.yaml (kubernetes.ports). If this file does not set a mode, "expose" uses loadbalancer.',
      '"kubectl skyports doctor" says which modes would work in this Kubernetes cluster. "kubectl skyports doctor --mode MODE" says what prevents a mode from working, and prints the commands that install what is missing.',
    ],
  },
  {
    name: 'apps',
    title: 'Apps that "expose --app" knows, and what to do if a page is white or 404',
    paragraphs: [
      'Is the page of an app white, or does it answer 404? In ingress mode, the URL of an app contains a path, and many apps have to know this path. "kubectl skyports expose SKYCLUSTER PORT --mode ingress --app APP" opens the port in the way that the app needs, with suitable limits for time and size. It then prints the command that starts the app, with the real path, host and port. If SkyPilot has already opened the port, the port gets a second URL.',
      "Some apps need to get requests with this path, and others without it. Some apps do not work with such a path. Give them their own host name: --host '{port}-{cluster}.example.com'. In other modes, the URL contains no path, so every app works.",
      '"kubectl skyports help apps APP" explains one app: the command that starts it, its port, who may use it, and its page. In this command, /PREFIX stands for the path, and HOST for the host and port in the URL. Replace APP, CONFIG, LOGDIR, MODEL and MODELS with your own values.',
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
    name: 'platforms',
    title: 'Platforms and load balancers that "--platform" accepts',
    paragraphs: [
      '"expose" and "doctor" detect the platform, and what gives addresses to Services. "kubectl skyports doctor -o wide" says what they found. If they find nothing, or the wrong platform, "expose --platform NAME" names it.',
      'On machines of your own (bare metal), nothing gives addresses to Services until you install MetalLB or another load balancer. "kubectl skyports doctor --mode loadbalancer" says whether this is so, and prints the commands.',
      '"kubectl skyports help platforms NAME" says who can reach the load balancer by default, which annotations make it internal or public, and how many ports it takes. Most of these facts come from documentation and source code: the project has no account of these clouds.',
    ],
    load: async () => (await import('../platforms/platform-lines.ts')).platformLists(),
    entries: async () => {
      const [{ platformHelp }, { platformIds }] = await Promise.all([
        import('../platforms/platform-lines.ts'),
        import('../platforms/ids.ts'),
      ]);
      return { names: platformIds, helpFor: platformHelp };
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
        '  NoBackends   the port has an address, but nothing behind the address is ready: the app has no ready Pod, the ingress controller has no ready Pod, or no SkyServe service uses the port yet',
        '  Ready        the port has an address and a ready Pod',
        '  Closed       only with --watch: the object that opened the port was deleted',
      ].join('\n'),
      'The state is computed from data of the API server, without calls to the address. "kubectl skyports endpoints --check" calls each URL and shows the answer.',
      '--wait waits until each URL answers. If the app does not use HTTP, an open connection is enough. Over HTTP, every answer of the app counts, including 401 and 403. An error page of the ingress controller does not count. --wait does not wait in two cases, and prints a note: this machine cannot call the URL, or the app has not been started, so nothing listens on the port.',
      'In podip mode, Kubernetes does not record which ports are open, so you have to name the ports. If a state is not Ready, "kubectl skyports doctor SKYCLUSTER PORT" finds the cause.',
    ],
  },
  {
    name: 'output',
    title: 'Marks, colours and the layout of a terminal',
    paragraphs: [
      'Each check of "doctor" begins with a mark. The second mark is for a locale without UTF-8:',
      [
        '  ✔  +   the check passes',
        '  ✖  x   the check found an error',
        '  !      the check found something that may go wrong',
        '  i      the check found something that is good to know',
        '  -      the check was skipped, because an earlier check failed',
        '  ?      the result is unknown, because the plugin could not read something',
        '  →  ~   a suggestion. A command is alone on its line, so that you can copy and paste it',
      ].join('\n'),
      'Colours repeat what words and marks say: green is good, yellow needs attention, red is broken. URLs and commands are bold. JSON and YAML have no colours. In this order, these settings decide: --color; NO_COLOR, if it is not empty; FORCE_COLOR (0 means no colours); TERM=dumb, which means no colours. Otherwise, only a terminal gets colours.',
      'On a terminal that is too narrow for the table of "endpoints", the URL moves to a line below its row. If that is not enough, AGE and MODE are left out. A pipe gets the whole table. Texts and help have at most 100 columns. Commands and URLs are never broken.',
      'Marks are ASCII if LC_ALL, LC_CTYPE or LANG is set to a locale without UTF-8; the first of them that is set counts.',
    ],
  },
  {
    name: 'exit-codes',
    title: 'What the exit codes mean',
    paragraphs: [
      [
        '  0   success',
        '  1   failed: the server could not be reached, had an error, or refused the request; or you did not confirm the change',
        '  2   usage error: the plugin changed nothing, and stderr says what to type instead',
        '  3   a problem was found: "doctor" found an error, "config check" found a fault, the cluster or port that you named has no URL, or a URL does not answer (with --wait)',
        '  4   unknown: a permission is missing, a needed object could not be read, or "doctor" cannot call the address from this machine',
      ].join('\n'),
      'The exit code does not depend on -o. On Windows, kubectl replaces every code except 0 with 1. The JSON output of "doctor" also contains the outcome.',
    ],
  },
  {
    name: 'environment',
    title: 'Environment variables and files that the plugin reads',
    paragraphs: [
      [
        '  KUBECONFIG                               the kubeconfig files, as in kubectl; default ~/.kube/config',
        '  KUBERNETES_MASTER                        the API server, if the kubeconfig names none, as in kubectl',
        '  KUBERNETES_SERVICE_HOST                  in a Pod: the host of the API server, as in kubectl',
        '  KUBERNETES_SERVICE_PORT                  in a Pod: the port of the API server',
        '  POD_NAMESPACE                            in a Pod: the namespace to work in; default: the namespace of the service account',
        '  HTTPS_PROXY, HTTP_PROXY, NO_PROXY        the proxy for requests to the API server, as in kubectl',
        '  SSL_CERT_FILE                            a file with certificate authorities, if the kubeconfig names none',
        '  KUBECTL_PATH                             the path of kubectl, for "forward" and "open"; kubectl 1.37 and newer set this variable',
        '  SKYPILOT_CONFIG                          a SkyPilot configuration file; SkyPilot then reads no other one',
        "  SKYPILOT_GLOBAL_CONFIG                   the user's SkyPilot configuration file; default ~/.sky/config.yaml",
        "  SKYPILOT_PROJECT_CONFIG                  the project's SkyPilot configuration file; default .sky.yaml",
        '  SKYPILOT_API_SERVER_ENDPOINT             the URL of a remote SkyPilot API server, which has its own configuration',
        '  SKYPORTS_PROBE                           if false: do not look up host names, and do not call the addresses of ports',
        '  SKYPORTS_COMPLETION_TIMEOUT              how long tab completion waits for the API server; default 1s',
        '  NO_COLOR, FORCE_COLOR, TERM              whether to print colours; see "kubectl skyports help output"',
        '  LC_ALL, LC_CTYPE, LANG                   if the locale has no UTF-8, marks are ASCII',
        '  WT_SESSION                               on Windows: Windows Terminal sets this variable, and can show all marks',
        '  BROWSER                                  the program in which "open" and "endpoints --open" open a URL',
        '  PATH                                     the folders that contain kubectl, credential plugins and the browser',
        '  HOME, USERPROFILE, HOMEDRIVE, HOMEPATH   the home directory',
      ].join('\n'),
      'Variables for Node.js (NODE_OPTIONS, NODE_PATH) have no effect. The plugin never reads a Secret.',
    ],
  },
  {
    name: 'permissions',
    title: 'Permissions that the commands need',
    paragraphs: [
      '"endpoints" lists pods, services, ingresses and endpointslices in the namespace. To find ingress controllers, it also lists ingressclasses, and services and pods in all namespaces. For some rows, it lists nodes and events. If you lack a permission, only the rows that need this permission are Unknown.',
      '"expose" and "unexpose" create, patch and delete services and ingresses in the namespace of the SkyPilot cluster. "annotate" patches the Service of the ingress controller. "prune" needs the permissions of "unexpose", and also lists deployments.',
      '"kubectl skyports doctor --print-role" prints the Roles and bindings that you lack. An administrator can apply them.',
    ],
  },
];
