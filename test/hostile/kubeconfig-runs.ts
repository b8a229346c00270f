import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority } from '../cluster/certificates.ts';
import { cluster, type User } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import type { Run } from './live-runs.ts';

/** What is wrong with a kubeconfig that another user wrote. Every name in it is the same text. */
interface Situation {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
  readonly content?: object;
  readonly flags?: readonly string[];
  /** Whether the doctor has its own words for it. */
  readonly judged?: boolean;
}

const nowhere = 'https://127.0.0.1:1';

/** Maps what is wrong to the kubeconfig that has it. @param text the name of every entry, and of some files */
function situations(text: string, allowed: User, forbidden: User): Readonly<Record<string, Situation>> {
  const { server, certificateAuthority } = cluster();
  const right = { server, 'certificate-authority': certificateAuthority };
  const oidc = (config: object) => ({ 'auth-provider': { name: 'oidc', config } });
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: `/nowhere/${text}` };
  return {
    'nothing is wrong': { judged: true, cluster: right, user: { token: allowed.token } },
    'no right to anything': { judged: true, cluster: right, user: { token: forbidden.token } },
    'nothing listens': { judged: true, cluster: { server: nowhere, 'insecure-skip-tls-verify': true } },
    'no server': { cluster: {} },
    'another authority': { judged: true, cluster: { server, 'certificate-authority-data': otherAuthority() } },
    'another name in the certificate': { cluster: { ...right, 'tls-server-name': 'other.invalid' } },
    'http to a server of https': { cluster: { server: server.replace('https', 'http') } },
    'an unknown token': { judged: true, cluster: right, user: { token: 'unknown' } },
    'a token in a file that is missing': { cluster: right, user: { tokenFile: `/nowhere/${text}` } },
    'a certificate in a file that is missing': { cluster: { server, 'certificate-authority': `/nowhere/${text}` } },
    'a plugin that is missing': { cluster: right, user: { exec } },
    'a provider without an issuer': { cluster: right, user: oidc({}) },
    'an unknown provider': { cluster: right, user: { 'auth-provider': { name: text, config: {} } } },
    'no current context': { cluster: right, content: { 'current-context': '' } },
    'an unknown current context': { cluster: right, content: { 'current-context': `${text}.` } },
    'an unknown context': { cluster: right, flags: ['--context', 'unknown'] },
    'an unknown cluster': { cluster: right, context: { cluster: `${text}.` } },
    'an unknown user': { cluster: right, context: { user: `${text}.` } },
    'a server that is no URL': { cluster: { server: `https://${text}:1:2` } },
    'a proxy that is none': { cluster: { ...right, 'proxy-url': `gopher://${text}` } },
  };
}

let authority: string | undefined;
function otherAuthority(): string {
  authority ??= Buffer.from(createAuthority('other').certificate).toString('base64');
  return authority;
}

/** Runs `endpoints` in every situation, and `doctor` in some. Every context, cluster and user is called `text`. */
export async function runsWithKubeconfigs(text: string, allowed: User, forbidden: User): Promise<Run[]> {
  const runs: Run[] = [];
  for (const [name, situation] of Object.entries(situations(text, allowed, forbidden))) {
    const kubeconfig = join(cluster().temporaryFolder, `hostile-${process.pid}.kubeconfig`);
    writeFileSync(kubeconfig, JSON.stringify(kubeconfigWith(text, situation)));
    for (const call of situation.judged ? [['endpoints'], ['doctor', '-o', 'wide']] : [['endpoints']]) {
      const args = [...call, ...(situation.flags ?? [])];
      runs.push({ args: [name, JSON.stringify(text), ...args], ...(await skyports(args, { kubeconfig })) });
    }
  }
  return runs;
}

function kubeconfigWith(text: string, { cluster: entry, user = {}, context, content }: Situation): object {
  const names = { cluster: text, user: text };
  return {
    'current-context': text,
    clusters: [{ name: text, cluster: entry }],
    users: [{ name: text, user }],
    contexts: [
      { name: text, context: { ...names, ...context } },
      { name: `${text} `, context: names },
    ],
    ...content,
  };
}
