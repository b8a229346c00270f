import { giveAddress } from '../../test/helpers/world.ts';
import { namespace, skyClusters } from './world.ts';

/** One command of the tour. */
export interface Stop {
  /** The purpose of the command. This text is printed above the command. */
  readonly says: string;
  /** The command as a user types it. */
  readonly command: string;
  /** The exit code it must have. */
  readonly code?: number;
  /** A change that another program makes while the command runs. */
  meanwhile?(): Promise<void>;
}

const { multi } = skyClusters;

/** The commands of the demo, in order. All of them run through the real kubectl, against the real API server. */
export const tour: readonly Stop[] = [
  { says: 'Where are the ports of my clusters, and which of them work?', command: 'kubectl skyports endpoints' },
  { says: 'What would SkyPilot itself print for one of them?', command: 'kubectl skyports endpoints train -o sky' },
  {
    says: 'Just the URL, for a script.',
    command: 'kubectl skyports endpoints train --port 8888 --mode loadbalancer -o url',
  },
  {
    says: 'All of it, for a program.',
    command: 'kubectl skyports endpoints train -o jsonpath=\'{.items[0].skyPilot}{"\\n"}\'',
  },
  { says: 'Why does that one not answer?', command: 'kubectl skyports doctor crashed --probe=false', code: 3 },
  {
    says: 'Open a port of a running cluster, without a relaunch. (The demo plays the load-balancer controller.)',
    command: 'kubectl skyports expose multi 8888 --wait=20s',
    meanwhile: () => giveAddressSoon(),
  },
  {
    says: 'Add another; the same again would change nothing.',
    command: 'kubectl skyports expose multi 80:9000 --wait=20s',
  },
  { says: 'Again.', command: 'kubectl skyports expose multi 80:9000' },
  {
    says: 'Why has the Ingress no URL? Its controller is of type NodePort, without an EXTERNAL-IP.',
    command: 'kubectl skyports doctor serve.llm --probe=false',
    code: 3,
  },
  { says: 'Tell SkyPilot and this plugin the address.', command: 'kubectl skyports annotate -y' },
  { says: 'Now it has a URL, and SkyPilot prints it, too.', command: 'kubectl skyports endpoints serve.llm -o sky' },
  {
    says: 'Jupyter below a path of ingress-nginx: this is how to start it.',
    command: 'kubectl skyports expose train 8889 --mode ingress --app jupyter',
  },
  {
    says: 'What would be written?',
    command: 'kubectl skyports expose train 9000 --mode nodeport --dry-run=client -o yaml',
  },
  { says: 'Ports that give away the Pod are refused.', command: 'kubectl skyports expose train 8265', code: 2 },
  { says: 'A typing mistake.', command: 'kubectl skyports endpoits', code: 2 },
  { says: 'What is open now, and who opened it?', command: 'kubectl skyports endpoints -o wide --no-headers' },
  { says: "Close what expose opened; SkyPilot's own objects stay.", command: 'kubectl skyports unexpose multi -y' },
  { says: '', command: 'kubectl skyports unexpose train -y' },
  { says: 'Back to where it began, in all namespaces.', command: 'kubectl skyports endpoints -A' },
];

async function giveAddressSoon(): Promise<void> {
  const service = `${multi.nameOnCloud}--skyports-lb`;
  for (let tries = 0; tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const done = await giveAddress(namespace, service, '203.0.113.82').then(
      () => true,
      () => false,
    );
    if (done) return;
  }
}
