import { setTimeout as delay } from 'node:timers/promises';
import { command, cure } from '../../errors/cure.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { ownAuthSecretName } from '../../exposure/ownership.ts';
import { authUserAnnotation } from '../../exposure/plan/access.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { unexposeCommand } from '../../exposure/plan/unexpose-command.ts';
import { indexSnapshot, type SnapshotIndex } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { mayWriteSecrets, passwordIdAnnotation, seenSecret } from '../../kubernetes/changes/write-secret.ts';
import { collect, type ListRequests } from '../../kubernetes/snapshots/collect.ts';
import { allModes } from '../../modes/all-modes.ts';
import { ingressesIn, presentUser } from '../../modes/ingress/auth-secret.ts';
import { ownIngressesOf, portsOfIngress } from '../../modes/ingress/own-ingresses.ts';
import { portsWithPassword } from '../../modes/ingress/password-users.ts';
import type { ExposePlan } from '../../modes/plan-expose.ts';
import { resolveEndpoints } from '../../modes/resolve-endpoints.ts';
import { listed } from '../../snapshot/text.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { confirm, requireConfirmation } from '../confirm.ts';
import { callEndpoints, type Settled } from '../endpoints/settle.ts';
import type { Waited } from '../endpoints/wait.ts';
import { say, sayWithCures } from '../messages.ts';
import { checkNamedSecret, withSeenSecret } from './auth-secret.ts';
import type { ExposeFlagValues } from './command.ts';
import type { ExposeArguments } from './options.ts';
import type { NewPassword } from './password.ts';

/** The call of `expose`, as far as passwords need it. */
interface Call {
  readonly args: Pick<ExposeArguments, 'dryRun' | 'request'>;
  readonly flags: Pick<ExposeFlagValues, 'yes' | 'app'>;
  readonly connection: Connection;
  readonly connectionValues: ConnectionValues;
  readonly system: System;
}

/** How callers of a port prove who they are. */
interface PortPassword {
  readonly port: number;
  /** The user name; undefined if the passwords are in a Secret of the user. */
  readonly user: string | undefined;
}

/**
 * What one call of `expose` does about passwords: it looks at their Secret before anything is written, holds a new
 * password, and says what callers need.
 */
export class ExposeAccess {
  /** The password for the Secret of this plugin; undefined if this call makes none. */
  readonly password: NewPassword | undefined;
  readonly #call: Call;
  /** The id of the password that the first plan found; '' for none. */
  #firstId: string | undefined;
  #named: { readonly warnings: readonly string[] } | undefined;
  /** The answer to the request of `begin`; false after the first plan. */
  #mayWrite: Promise<boolean> | undefined;
  #isReplaced = false;

  constructor(password: NewPassword | undefined, call: Call) {
    this.password = password;
    this.#call = call;
  }

  /**
   * Asks whether the user may write Secrets. This takes no round trip of its own if it begins together with the first
   * lists. The name of the Secret is not known yet.
   */
  begin(): void {
    const { connection, args } = this.#call;
    const { auth } = args.request;
    if (auth?.is !== 'basic' || auth.secret !== undefined || args.dryRun === 'client') return;
    this.#mayWrite ??= mayWriteSecrets(connection, connection.namespace);
  }

  /**
   * Completes a plan: checks the Secret that the user names, and finds the present version of the Secret of this plugin.
   *
   * @throws UsageError or Failure if the passwords cannot be written or read by a controller
   */
  async complete(plan: ExposePlan, view: SnapshotIndex, request: ExposeRequest): Promise<ExposePlan> {
    const { connection, args } = this.#call;
    const { auth, skyCluster } = request;
    const named = auth?.is === 'basic' ? auth.secret : undefined;
    if (named !== undefined && this.#named === undefined) {
      const warning = await checkNamedSecret(named, skyCluster.namespace, connection);
      this.#named = { warnings: warning === undefined ? [] : [warning] };
    }
    if (this.password) this.password.user = presentUser(ingressesIn(plan), skyCluster.nameOnCloud) ?? '';
    const warnings = [
      ...plan.warnings,
      ...(this.#named?.warnings ?? []),
      ...(auth?.is === 'basic' ? await this.#warnings(plan, view, request) : []),
    ];
    const warned = { ...plan, warnings };
    // A dry run of the client shows what changes, and sends nothing.
    if (args.dryRun === 'client') return { ...warned, writes: warned.writes.filter((each) => !isHeldSecret(each)) };
    const makesPassword = auth?.is === 'basic' && auth.secret === undefined;
    // Only the first plan can rely on what the lists say about the Secret: the server may refuse the plan because of it.
    const mayWrite = (await this.#mayWrite) === true;
    this.#mayWrite = Promise.resolve(false);
    return withSeenSecret(warned, connection, {
      isOthers: (id = '') => this.#isOthers(id),
      makesPassword,
      mayWrite,
      mayAddOwners: mayWrite && args.dryRun === undefined,
    });
  }

  /** What a user who adds a password should know: the header of the app, and other ways to the port. */
  async #warnings(plan: ExposePlan, view: SnapshotIndex, request: ExposeRequest): Promise<string[]> {
    const { app } = this.#call.flags;
    const ofApp = app === undefined ? [] : (await import('./app.ts')).besidePassword(app);
    return [...ofApp, ...otherWays(plan, view, request)];
  }

  /** Whether another call has set the password with this id since this call began. */
  #isOthers(id: string): boolean {
    const isFirst = this.#firstId === undefined;
    this.#firstId ??= id;
    return !isFirst && id !== '' && id !== this.#firstId && id !== this.password?.id;
  }

  /**
   * Asks before public ports lose their password.
   *
   * @throws UsageError if standard input is not a terminal
   */
  async agrees(plan: ExposePlan, view: SnapshotIndex, request: ExposeRequest): Promise<boolean> {
    const { flags, system } = this.#call;
    const ports = plan.withoutPassword ?? [];
    const open = rowsOf(view, request, ports).filter(
      ({ address, scope }) => address !== null && (scope === 'public' || scope === null),
    );
    if (open.length === 0 || flags.yes) return true;
    requireConfirmation('expose asks before a public port loses its password', { yes: false, dryRun: false }, system);
    const urls = listed([...new Set(open.flatMap(({ url }) => url ?? []))]);
    return confirm(system, `Let anyone call ${urls} without a password?`);
  }

  /** Finds out whether another call has replaced the password that this call has shown. */
  async lookAgain({ skyCluster: { namespace, nameOnCloud } }: ExposeRequest): Promise<void> {
    const { id, isWritten = false } = this.password ?? {};
    if (!isWritten) return;
    this.#isReplaced = await seenSecret(this.#call.connection, namespace, ownAuthSecretName(nameOnCloud)).then(
      (found) => found?.metadata?.annotations?.[passwordIdAnnotation] !== id,
      () => false,
    );
  }

  /** Warns if the last look has shown that another call has replaced the password. */
  warnIfReplaced(): void {
    if (!this.#isReplaced) return;
    say(
      this.#call.system,
      'warning: another call of expose has changed the password at the same time: the one above is not valid',
    );
  }

  /** Says which user name callers need, and the curl command. */
  sayHowToCall(plan: ExposePlan, request: ExposeRequest, endpoints: readonly Endpoint[]): void {
    const { connectionValues: values, system } = this.#call;
    const passwords = passwordsIn(plan, request);
    for (const { port, user } of passwords) {
      const urls = [...new Set(endpoints.filter((row) => row.port === port).flatMap(({ url }) => url ?? []))];
      const who = user === undefined ? 'a user of its Secret' : `user ${user}`;
      const note = 'calls it; curl asks for the password';
      const cures = urls.map((url) => cure(command`curl -u ${user ?? 'USER'} ${url}`, note));
      sayWithCures(system, `port ${port} asks for the password of ${who}`, cures, values);
    }
    const isOwn = passwords.some(({ user }) => user !== undefined);
    if (isOwn && this.password?.isWritten !== true) {
      say(system, 'the password stays as it was; add --auth-password-stdin to set another one');
    }
  }

  /**
   * Warns of URLs that answer without a password although they should ask for one. The controller may need a moment to
   * load a change, so such a URL is called again for a while.
   *
   * @returns whether there is such a URL
   */
  async warnOfOpenUrls(plan: ExposePlan, request: ExposeRequest, { settled, snapshot }: Waited): Promise<boolean> {
    const { connectionValues: values, system } = this.#call;
    const ports = new Set(passwordsIn(plan, request).map(({ port }) => port));
    let open = settled.filter(({ row }) => ports.has(row.port)).filter(isOpen);
    for (let attempt = 0; open.length > 0 && attempt < patience && !system.interrupted.aborted; attempt++) {
      await delay(1000);
      const rows = open.map(({ row }) => row);
      const answers = await callEndpoints(rows, snapshot, system);
      open = open.filter(({ row }) => isOpen({ answer: answers.get(row) }));
    }
    for (const { row } of open) {
      const fact = `warning: ${row.url} answers without a password: its controller does not ask for one`;
      const closing = unexposeCommand(request.skyCluster, request.mode, [row.port]);
      sayWithCures(system, fact, [cure(closing, 'closes the port')], values);
    }
    return open.length > 0;
  }

  /** After failed writes: says whether a shown password is in use, and which ports are closed now. */
  async sayAfterFailure(plan: ExposePlan, request: ExposeRequest, look: ListRequests): Promise<void> {
    const { connection, system } = this.#call;
    if (this.password?.isWritten) {
      const isNew = plan.writes.some(({ kind, effect }) => kind === 'Secret' && effect === 'created');
      say(
        system,
        isNew
          ? 'warning: the new password is not in use, because the ports were not opened; the same command makes another one'
          : 'warning: the new password holds already for ports that ask for one',
      );
    }
    const closed = plan.closedFirst ?? [];
    if (closed.length === 0) return;
    const reason = 'expose closes a port before it changes who may call it; the same command again opens it';
    try {
      const view = indexSnapshot(await collect(connection, look));
      const open = new Set(ownIngressesOf(view, request.skyCluster).flatMap(portsOfIngress));
      const left = closed.filter((port) => !open.has(port));
      for (const port of left) say(system, `warning: port ${port} is closed now: ${reason}`);
    } catch {
      for (const port of closed) say(system, `warning: port ${port} may be closed now: ${reason}`);
    }
  }
}

/** Whether the write only stands for a Secret that should exist. */
function isHeldSecret({ kind, effect }: ExposePlan['writes'][number]): boolean {
  return kind === 'Secret' && effect === 'unchanged';
}

/** How often a URL that answers without a password is called again, once a second. */
const patience = 8;

function isOpen({ answer }: { readonly answer: Settled['answer'] | undefined }): boolean {
  return answer?.outcome === 'answered' && answer.status !== null && ![401, 403].includes(answer.status);
}

/** The passwords of the requested ports after the plan. */
function passwordsIn(plan: ExposePlan, { ports }: ExposeRequest): PortPassword[] {
  const asked = ports.map(({ servicePort }) => servicePort);
  return ingressesIn(plan).flatMap((ingress) => {
    const user = ingress.metadata?.annotations?.[authUserAnnotation];
    return portsWithPassword([ingress])
      .filter((port) => asked.includes(port))
      .map((port) => ({ port, user }));
  });
}

/** Lines about other objects through which callers reach the ports without the password. */
function otherWays(plan: ExposePlan, view: SnapshotIndex, request: ExposeRequest): string[] {
  const ports = request.ports.map(({ servicePort }) => servicePort);
  const lines = rowsOf(view, request, ports)
    .filter(({ source, managedBy }) => !(source[0]?.kind === 'Ingress' && managedBy === 'kubectl-skyports'))
    .map(({ port, source, mode }) => {
      const { kind, name } = source[0]!;
      return `port ${port} can also be called without this password, through ${kind} ${name} (${mode} mode)`;
    });
  return plan.writes.length > 0 ? [...new Set(lines)] : [];
}

/** The rows of ports that callers outside the Kubernetes cluster can use. */
function rowsOf(view: SnapshotIndex, { skyCluster }: ExposeRequest, ports: readonly number[]): Endpoint[] {
  if (ports.length === 0) return [];
  return resolveEndpoints(view, { skyClusters: [skyCluster], ports }).filter(
    ({ mode, state }) => allModes[mode].recordsPorts && allModes[mode].calledFrom === 'anywhere' && state !== 'Broken',
  );
}
