import { isRecord } from '../../snapshot/shape.ts';

/**
 * How to enter an app, read from the app's own files. It contains secrets, so it is never printed as a whole or written
 * to a log.
 */
export interface AppLogin {
  /** The name of the app, for messages. */
  readonly app: string;
  /** The path of the app's start page, with a slash at both ends; null if it is unknown. */
  readonly basePath: string | null;
  /** The name and the value of the query parameter that logs the user in; null if the app has none. */
  readonly token: { readonly parameter: 'token' | 'access_token'; readonly value: string } | null;
  /** The password that the app asks for; null if it is unknown, or if the app asks for none. */
  readonly password: string | null;
  readonly isTls: boolean;
  /** Whether the app that wrote the files has ended; false if this is unknown. */
  readonly hasEnded: boolean;
}

/** A file that the script found: the kind of file, notes about it, and its text. */
interface Section {
  readonly kind: string;
  readonly note: string;
  readonly text: string;
}

/** Finds the login of one app in the output of the script; undefined if this app does not use the port. */
interface LoginReader {
  readonly app: string;
  read(sections: readonly Section[], port: number): AppLogin | undefined;
}

/** The maximum number of bytes that the script prints, and the number of bytes that it reads of each small file. */
export const mostBytes = 65_536;
const perFile = 4096;

/**
 * The script for `sh -c SCRIPT sh PORT` in the head's container. It prints the files in which apps keep their logins.
 * From SkyPilot's job logs, it prints the lines with a token for the port. A line `@@KIND NOTE` stands before each
 * part.
 *
 * - Jupyter: `jpserver-PID.json` in the runtime folder (jupyter_core/paths.py, jupyter_runtime_dir;
 *   jupyter_server/serverapp.py, server_info). Jupyter Notebook before version 7 names the file `nbserver-PID.json`. A
 *   killed server leaves its file behind, so the note says whether the process exists.
 * - code-server: `~/.config/code-server/config.yaml` (code-server docs/FAQ.md), and the arguments of its processes,
 *   because they can name another port than the file.
 * - SkyPilot: `~/sky_logs/RUN/run.log` and `~/sky_logs/RUN/tasks/*.log` (sky/skylet/constants.py, SKY_LOGS_DIRECTORY).
 *   The beginning and the end of the newest files are searched.
 */
export const loginScript = `{
for d in "$JUPYTER_RUNTIME_DIR" "\${JUPYTER_DATA_DIR:-\${XDG_DATA_HOME:-$HOME/.local/share}/jupyter}/runtime" "$HOME/.local/share/jupyter/runtime"
do [ -n "$d" ] && ls -t "$d"/jpserver-*.json "$d"/nbserver-*.json | head -n 20 | while IFS= read -r f
do p=\${f##*-}; s=ended; [ -d "/proc/\${p%.json}" ] && s=runs; echo "@@jupyter $s"; head -c ${perFile} "$f"; echo
done
done
echo @@code-server; head -c ${perFile} "$HOME/.config/code-server/config.yaml"; echo
grep -al code-server /proc/[0-9]*/cmdline | head -n 20 | while IFS= read -r f
do echo @@process; head -c ${perFile} "$f" | tr '\\0\\n' '\\n '; echo
done
find "$HOME/sky_logs" -maxdepth 3 -type f -name '*.log' -print0 | xargs -0 -r ls -t | head -n 20 | while IFS= read -r f
do echo @@log; { head -c 2000000 "$f"; tail -c 1000000 "$f"; } | grep -aoE "https?://[^ ?]*:$1[/?][^ ]*token=[^ &]+" | tail -n 1 | head -c ${perFile}; echo
done
} 2>/dev/null | head -c ${mostBytes}`;

const jupyter: LoginReader = {
  app: 'Jupyter',
  read(sections, port) {
    const servers = sections
      .filter(({ kind }) => kind === 'jupyter')
      .flatMap(({ note, text }) => {
        const info = parseRecord(text);
        const path = pathOf(info?.base_url);
        if (!info || info.port !== port || path === undefined) return [];
        return [{ runs: note === 'runs', path, token: tokenOf(info.token), isTls: info.secure === true }];
      });
    const server = servers.find(({ runs }) => runs) ?? servers[0];
    if (!server) return undefined;
    const { runs, path, token, isTls } = server;
    return {
      app: 'Jupyter',
      basePath: path,
      token: token === undefined ? null : { parameter: 'token', value: token },
      password: null,
      isTls,
      hasEnded: !runs,
    };
  },
};

const codeServer: LoginReader = {
  app: 'code-server',
  read(sections, port) {
    const text = sections.find(({ kind }) => kind === 'code-server')?.text ?? '';
    const settings = new Map(
      [...text.matchAll(/^([a-z-]+):[ \t]*(["']?)(.*?)\2[ \t]*$/gm)].map(([, key, , value]) => [key!, value!]),
    );
    const isInFile = settings.get('bind-addr')?.endsWith(`:${port}`) === true;
    const processes = sections.filter(({ kind }) => kind === 'process').map(({ text }) => text.split('\n'));
    if (!isInFile && !processes.some((words) => listensOn(words, port))) return undefined;
    const password = settings.get('auth') === 'none' ? undefined : tokenOf(settings.get('password'));
    const cert = settings.get('cert') ?? 'false';
    return {
      app: 'code-server',
      basePath: '/',
      token: null,
      password: password ?? null,
      isTls: cert !== 'false',
      hasEnded: false,
    };
  },
};

/** Whether the arguments of code-server name the port: `--port 8443`, `--bind-addr=0.0.0.0:8443`. */
function listensOn(words: readonly string[], port: number): boolean {
  return words.some((word, index) => {
    const before = words[index - 1];
    const [, name, value] = /^--(port|bind-addr)(?:=(.*))?$/.exec(word) ?? [];
    if (name !== undefined) return value === `${port}` || value?.endsWith(`:${port}`) === true;
    return (before === '--port' && word === `${port}`) || (before === '--bind-addr' && word.endsWith(`:${port}`));
  });
}

/** Reads the login of any app that prints its URL with a token into the job log, such as Jupyter and marimo. */
const printedUrl: LoginReader = {
  app: 'the app',
  read(sections, port) {
    for (const { text } of sections.filter(({ kind }) => kind === 'log')) {
      const found = text.split('\n').findLast((line) => line.includes('token='));
      const [printed = ''] = /https?:\/\/[\x21-\x7e]+/.exec(found ?? '') ?? [];
      const url = URL.parse(printed);
      if (!url || url.port !== `${port}`) continue;
      for (const parameter of ['token', 'access_token'] as const) {
        const value = tokenOf(url.searchParams.get(parameter));
        // Jupyter's URL may end with a page (/lab, /tree). The app's own path is the part before the page.
        const basePath = pathOf(url.pathname.replace(/\/(?:lab|tree|notebooks)(?:\/.*)?$/, '/'));
        if (value === undefined) continue;
        const isTls = url.protocol === 'https:';
        return {
          app: 'the app',
          basePath: basePath ?? null,
          token: { parameter, value },
          password: null,
          isTls,
          hasEnded: false,
        };
      }
    }
    return undefined;
  },
};

/** The readers, most reliable first. */
const readers: readonly LoginReader[] = [jupyter, codeServer, printedUrl];

/**
 * The login of the app that uses a port of the Pod. Any process in the Pod can write the files that are read here, so
 * each value is checked.
 */
export function loginIn(printed: string, port: number): AppLogin | undefined {
  const sections = printed
    .slice(0, mostBytes)
    .split(/^@@/m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      const [kind = '', note = ''] = (end === -1 ? part : part.slice(0, end)).split(' ');
      return { kind, note, text: end === -1 ? '' : part.slice(end + 1) };
    });
  for (const { read } of readers) {
    const login = read(sections, port);
    if (login) return login;
  }
  return undefined;
}

function parseRecord(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A token or password: visible ASCII characters; undefined for anything else. */
function tokenOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]{1,512}$/.test(value) ? value : undefined;
}

/** A path with a slash at both ends; undefined if the value is not a plain path. */
function pathOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 512) return undefined;
  const path = `/${value}/`.replace(/^\/+/, '/').replace(/\/+$/, '/');
  return /^\/(?:[\w.~%@-]+\/)*$/.test(path) && !/\/\.{1,2}\//.test(path) ? path : undefined;
}
