import { nearestOf } from '../arguments/nearest.ts';

/** What users call these otherwise: in kubectl, in SkyPilot, in short. */
const alsoCalled: Readonly<Record<string, string>> = {
  lb: 'loadbalancer',
  elb: 'loadbalancer',
  nlb: 'loadbalancer',
  ing: 'ingress',
  nginx: 'ingress',
  np: 'nodeport',
  pod: 'podip',
  ip: 'podip',
  cluster: 'clusterip',
};

/** `did you mean --mode loadbalancer?`; undefined if no choice is near. */
export function didYouMean(typed: string, choices: readonly string[], flag: string): string | undefined {
  const word = typed.toLowerCase();
  const bare = word.replaceAll(/[-_ ]/g, '');
  const nearest = choices.find((each) => [word, bare, alsoCalled[bare]].includes(each)) ?? nearestOf(word, choices);
  return nearest && `did you mean ${flag} ${nearest}?`;
}
