/** answers/APP.json: what a real app answered (record.ts). */
export interface RecordedApp {
  /** As `--app` names it. */
  readonly app: string;
  readonly version: string;
  readonly answers: readonly RecordedAnswer[];
}

export interface RecordedAnswer {
  /** How the call reached the app: `straight`, or as an Ingress hands it on that strips or keeps the prefix. */
  readonly mode: 'straight' | 'strip' | 'keep';
  /** The command that started the app for this prefix; empty: it was started for a host of its own. */
  readonly start: string;
  /** Host of the call. */
  readonly host: string;
  /** As the app saw it; a redirect is followed by the answer to where it leads. */
  readonly path: string;
  readonly status: number;
  /** Names in lower case; without Date, and cookies without their values. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Its first 4096 characters. */
  readonly body: string;
}
