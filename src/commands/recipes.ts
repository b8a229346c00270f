/** The headings of the recipes, in their order. */
const recipeGroups = [
  'Something is wrong',
  'Before "sky launch"',
  'See ports',
  'Open ports',
  'Change what SkyPilot does',
  'Clean up, scripts, reports',
] as const;

/** A task, and the commands that do it. `kubectl skyports help recipes` shows them. */
export interface Recipe {
  readonly group: (typeof recipeGroups)[number];
  /** The symptom or the task, as a user would say it. It fits on a line of 80 columns. */
  readonly task: string;
  readonly lines: readonly string[];
}

/**
 * The recipes, in the order in which users need them. `train` stands for the SkyPilot cluster. A test parses each
 * command of this plugin.
 */
export const recipes: readonly Recipe[] = [
  {
    group: 'Something is wrong',
    task: 'A URL does not answer, or you doubt its address',
    lines: ['kubectl skyports doctor train 8888'],
  },
  {
    group: 'Something is wrong',
    task: 'A URL contains "localhost". The first command proposes an address',
    lines: ['kubectl skyports doctor train 8888', 'kubectl skyports annotate 203.0.113.7'],
  },
  {
    group: 'Something is wrong',
    task: 'A port or a Service stays <pending>',
    lines: ['kubectl skyports doctor train'],
  },
  {
    group: 'Something is wrong',
    task: 'On bare metal, a load balancer gets no address: what must be installed?',
    lines: ['kubectl skyports doctor --mode loadbalancer'],
  },
  {
    group: 'Something is wrong',
    task: 'The page of an app behind an Ingress is white, or 404',
    lines: ['kubectl skyports expose train 8888 --mode ingress --app jupyter', 'kubectl skyports help apps'],
  },
  {
    group: 'Something is wrong',
    task: 'The load balancer must check the health of another port, for example on EKS',
    lines: ['kubectl skyports expose train 7001-7005 --mode loadbalancer --health-check 7002'],
  },
  {
    group: 'Something is wrong',
    task: 'A load balancer that SkyPilot created checks the health of a wrong port',
    lines: ['kubectl skyports doctor --explain load-balancer-health-check'],
  },
  {
    group: 'Something is wrong',
    task: 'SkyPilot finds no address: the ingress controller has no Service (RKE2)',
    lines: ['kubectl skyports doctor --mode ingress', 'kubectl skyports annotate --signpost 203.0.113.7'],
  },
  {
    group: 'Something is wrong',
    task: 'After this, open a port of a running SkyPilot cluster through that controller',
    lines: ['kubectl skyports expose train 8888 --mode ingress'],
  },
  {
    group: 'Before "sky launch"',
    task: 'Which port mode will SkyPilot use?',
    lines: ['kubectl skyports config get'],
  },
  {
    group: 'Before "sky launch"',
    task: 'Does this Kubernetes cluster give addresses to load balancers?',
    lines: ['kubectl skyports doctor --mode loadbalancer'],
  },
  {
    group: 'Before "sky launch"',
    task: 'Does an ingress controller work here (K3s, RKE2)? How is one installed?',
    lines: ['kubectl skyports doctor --mode ingress'],
  },
  {
    group: 'Before "sky launch"',
    task: 'Do ports work in a cluster of "sky local up" (kind), and in which mode?',
    lines: ['kubectl skyports doctor --context kind-skypilot'],
  },
  {
    group: 'See ports',
    task: 'List the ports of a SkyPilot cluster, with their addresses',
    lines: ['kubectl skyports endpoints train'],
  },
  {
    group: 'See ports',
    task: 'Print the full URL of a port, with its path',
    lines: ['kubectl skyports endpoints train 8888 -o url'],
  },
  {
    group: 'See ports',
    task: 'Print what "sky status --endpoints" prints, for all ports or for one',
    lines: ['kubectl skyports endpoints train -o sky', 'kubectl skyports endpoints train 8888 -o sky'],
  },
  {
    group: 'See ports',
    task: 'List your own ports in all namespaces and all Kubernetes clusters',
    lines: ['kubectl skyports endpoints --all-contexts -A -l skypilot-user=ME'],
  },
  {
    group: 'See ports',
    task: 'List the ports that anyone can call',
    lines: ['kubectl skyports endpoints -A --scope public --access none -o wide'],
  },
  {
    group: 'Open ports',
    task: 'Open Jupyter in the browser, with its token',
    lines: ['kubectl skyports open train 8888'],
  },
  {
    group: 'Open ports',
    task: 'Reach a port from this machine only, and open nothing',
    lines: ['kubectl skyports forward train 8888'],
  },
  {
    group: 'Open ports',
    task: 'Open a new port without a relaunch, and close it again',
    lines: ['kubectl skyports expose train 8888', 'kubectl skyports unexpose train 8888'],
  },
  {
    group: 'Open ports',
    task: 'Share a port for two hours',
    lines: ['kubectl skyports expose train 8888 --for 2h'],
  },
  {
    group: 'Open ports',
    task: 'Let only the office in',
    lines: ['kubectl skyports expose train 8888 --source-range 198.51.100.0/24'],
  },
  {
    group: 'Open ports',
    task: 'Ask callers for a password',
    lines: [
      'kubectl skyports expose train 8888 --mode ingress --host train.example.com --tls-secret train-tls --auth basic',
    ],
  },
  {
    group: 'Open ports',
    task: 'Open a port through an internal load balancer, not a public one',
    lines: ['kubectl skyports expose train 8888 --mode loadbalancer --scheme internal'],
  },
  {
    group: 'Open ports',
    task: 'Give a port its own host name and certificate',
    lines: ['kubectl skyports expose train 8888 --mode ingress --host train.example.com --tls-secret train-tls'],
  },
  {
    group: 'Open ports',
    task: 'Get a certificate from cert-manager',
    lines: [
      'kubectl skyports expose train 8888 --mode ingress --host train.example.com --tls-cluster-issuer letsencrypt',
    ],
  },
  {
    group: 'Change what SkyPilot does',
    task: 'Make SkyPilot use ingress mode for all new SkyPilot clusters',
    lines: ['kubectl skyports config set-ports ingress'],
  },
  {
    group: 'Change what SkyPilot does',
    task: 'Give all new SkyPilot clusters internal load balancers',
    lines: ['kubectl skyports config scheme internal'],
  },
  {
    group: 'Change what SkyPilot does',
    task: 'Tell SkyPilot the address of the ingress controller, or choose one from a list',
    lines: ['kubectl skyports annotate 203.0.113.7', 'kubectl skyports annotate'],
  },
  {
    group: 'Clean up, scripts, reports',
    task: 'Find what remains after "sky down", and delete it, also what SkyPilot created',
    lines: ['kubectl skyports prune -A --dry-run', 'kubectl skyports prune -A --include-skypilot'],
  },
  {
    group: 'Clean up, scripts, reports',
    task: 'Wait in a script until a port answers, then use its URL',
    lines: ['kubectl skyports endpoints train 8888 --wait=5m -o url'],
  },
  {
    group: 'Clean up, scripts, reports',
    task: 'Fail a CI job if something is wrong',
    lines: ['kubectl skyports doctor train --fail-on warning -o short'],
  },
  {
    group: 'Clean up, scripts, reports',
    task: 'Follow changes in a program, one JSON document per line',
    lines: ['kubectl skyports endpoints -A -w -o json'],
  },
  {
    group: 'Clean up, scripts, reports',
    task: 'Ask for help in public: save a diagnosis without addresses and names of users',
    lines: [
      'kubectl skyports doctor train --save diagnosis.yaml --redact',
      'kubectl skyports doctor -f diagnosis.yaml',
    ],
  },
];

/** The recipes as paragraphs of a help page: each heading, then its recipes. */
export function recipeParagraphs(): string[] {
  return recipeGroups.flatMap((heading) => [
    heading.toUpperCase(),
    ...recipes
      .filter(({ group }) => group === heading)
      .map(({ task, lines }) =>
        [`${task}${/[?]$/.test(task) ? '' : ':'}`, ...lines.map((line) => `  ${line}`)].join('\n'),
      ),
  ]);
}
