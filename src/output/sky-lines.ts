import type { Endpoint } from '../exposure/endpoint.ts';

/** What `-o sky` prints: `lines` on stdout, `withheld` (what SkyPilot would not print, and why) on stderr. */
export interface SkyLines {
  readonly lines: readonly string[];
  readonly withheld: readonly string[];
}

/** What `sky status --endpoints` prints: `port: endpoint`, ports ascending, SkyPilot's own objects only. */
export function skyLinesOf(endpoints: readonly Endpoint[]): SkyLines {
  const lines = new Map<number, string>();
  const withheld: string[] = [];
  for (const { port, skyPilot } of endpoints.toSorted((a, b) => a.port - b.port)) {
    if (skyPilot.prints !== null) lines.set(port, `${port}: ${skyPilot.prints}`);
    else withheld.push(`port ${port}: ${skyPilot.because}`);
  }
  return { lines: [...lines.values()], withheld };
}
