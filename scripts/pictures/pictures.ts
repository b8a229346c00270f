/** One picture of the README. Its files are `docs/pictures/NAME-light.svg` and `docs/pictures/NAME-dark.svg`. */
export interface Picture {
  readonly name: string;
  /** A command that changes nothing. It runs in the world of the demo. */
  readonly command: string;
}

export const pictures: readonly Picture[] = [
  { name: 'endpoints', command: 'kubectl skyports endpoints' },
  { name: 'doctor', command: 'kubectl skyports doctor serve.llm' },
];
