import { type Cure, command, cure } from '../errors/cure.ts';

/** For a file of ours that cannot be read. */
export const saveAgain: readonly Cure[] = [
  cure(command`kubectl skyports doctor --save FILE`, 'saves it again; FILE stands for its name'),
];

/** For a file that is none of ours. */
export const howToDump: readonly Cure[] = [
  cure(command`kubectl skyports doctor --save FILE`, 'saves all that matters; FILE stands for its name'),
  cure(
    command`kubectl get pods,services,ingresses,endpointslices -o yaml > FILE`,
    'saves what matters most, without this plugin',
  ),
];
