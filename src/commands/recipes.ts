/** A task, and the commands that do it. `kubectl skyports help recipes` and the documents show them. */
export interface Recipe {
  /** The task as a user would ask for it. */
  readonly task: string;
  readonly lines: readonly string[];
}

/**
 * The recipes, in the order in which users need them. `train` stands for the SkyPilot cluster. A test parses each
 * command of this plugin.
 */
export const recipes: readonly Recipe[] = [
  {
    task: 'Find out why a URL does not answer',
    lines: ['kubectl skyports doctor train 8888'],
  },
  {
    task: 'Open Jupyter in the browser, with its token',
    lines: ['kubectl skyports open train 8888'],
  },
  {
    task: 'Reach a port from this machine only, and open nothing',
    lines: ['kubectl skyports forward train 8888'],
  },
  {
    task: 'Open a new port without a relaunch, and close it again',
    lines: ['kubectl skyports expose train 8888', 'kubectl skyports unexpose train 8888'],
  },
  {
    task: 'Share a port for two hours',
    lines: ['kubectl skyports expose train 8888 --for 2h'],
  },
  {
    task: 'Let only the office in',
    lines: ['kubectl skyports expose train 8888 --source-range 198.51.100.0/24'],
  },
  {
    task: 'Ask callers for a password',
    lines: [
      'kubectl skyports expose train 8888 --mode ingress --host train.example.com --tls-secret train-tls --auth basic',
    ],
  },
  {
    task: "Keep a load balancer inside the cloud's network",
    lines: ['kubectl skyports expose train 8888 --scheme internal'],
  },
  {
    task: 'Serve an app below a path of the ingress controller, with the settings that the app needs',
    lines: ['kubectl skyports expose train 8888 --mode ingress --app jupyter', 'kubectl skyports help apps'],
  },
  {
    task: 'Give a port its own host name and certificate',
    lines: ['kubectl skyports expose train 8888 --mode ingress --host train.example.com --tls-secret train-tls'],
  },
  {
    task: 'Get a certificate from cert-manager',
    lines: [
      'kubectl skyports expose train 8888 --mode ingress --host train.example.com --tls-cluster-issuer letsencrypt',
    ],
  },
  {
    task: 'Check before "sky launch" whether ports will work',
    lines: ['kubectl skyports doctor', 'kubectl skyports doctor --mode ingress'],
  },
  {
    task: 'Make SkyPilot use another port mode from now on',
    lines: ['kubectl skyports config set-ports ingress'],
  },
  {
    task: "Tell SkyPilot the ingress controller's address",
    lines: ['kubectl skyports annotate'],
  },
  {
    task: 'List your own ports in all namespaces and all Kubernetes clusters',
    lines: ['kubectl skyports endpoints --all-contexts -A -l skypilot-user=ME'],
  },
  {
    task: 'List the ports that anyone can call',
    lines: ['kubectl skyports endpoints -A --scope public --access none -o wide'],
  },
  {
    task: 'Wait in a script until a port answers, then use its URL',
    lines: ['kubectl skyports endpoints train 8888 --wait=5m -o url'],
  },
  {
    task: 'Fail a CI job if something is wrong',
    lines: ['kubectl skyports doctor train --fail-on warning -o short'],
  },
  {
    task: 'Follow changes in a program, one JSON document per line',
    lines: ['kubectl skyports endpoints -A -w -o json'],
  },
  {
    task: 'Ask for help in public: save a diagnosis without addresses and names of users',
    lines: [
      'kubectl skyports doctor train --save diagnosis.yaml --redact',
      'kubectl skyports doctor -f diagnosis.yaml',
    ],
  },
  {
    task: 'Delete what deleted SkyPilot clusters left behind',
    lines: ['kubectl skyports prune --dry-run', 'kubectl skyports prune'],
  },
];
