/** The values of `--auth`. */
export const authKinds = ['basic', 'none'] as const;
