import type { RequestOptions } from 'node:https';
import type { System } from '../../system.ts';
import type { Target } from '../kubeconfig/target.ts';
import type { Identity } from './credentials.ts';
import type { ExecCredential } from './exec-plugin.ts';

/** The exec plugin's credential: got when it is needed, once for all requests that need it at the same time. */
export class ExecCredentials {
  readonly #target: Target;
  readonly #system: System;
  #running: Promise<ExecCredential> | undefined;
  #expiresAt: number | undefined;

  constructor(target: Target, system: System) {
    this.#target = target;
    this.#system = system;
  }

  /** client-node asks this. client-go runs no plugin when the user has another credential (`UpdateTransportConfig`). */
  isAuthProvider(): boolean {
    const { exec, token, tokenFile, username, clientCertificate, clientCertificateData } = this.#target.user;
    return Boolean(exec) && !(token || tokenFile || username || clientCertificate || clientCertificateData);
  }

  async applyAuthentication(_user: unknown, options: RequestOptions): Promise<void> {
    const { token, clientCertificateData, clientKeyData } = await this.#credential();
    if (token) Object.assign(options.headers as object, { Authorization: `Bearer ${token}` });
    if (clientCertificateData) Object.assign(options, { cert: clientCertificateData, key: clientKeyData });
  }

  /** After a 401: true when the next request will have another credential than the refused one. */
  async renew(refused: Identity): Promise<boolean> {
    if (!this.isAuthProvider()) return false;
    const { token, clientCertificateData } = await this.#credential();
    const authorization = token && `Bearer ${token}`;
    const isSame = refused.headers.Authorization === authorization && refused.tls.cert === clientCertificateData;
    // Else another request has renewed it while this one was on its way.
    if (isSame) this.#running = undefined;
    return true;
  }

  #credential(): Promise<ExecCredential> {
    const hasExpired = this.#expiresAt !== undefined && this.#system.now().getTime() > this.#expiresAt;
    if (!this.#running || hasExpired) {
      this.#expiresAt = undefined;
      this.#running = this.#run();
    }
    return this.#running;
  }

  async #run(): Promise<ExecCredential> {
    const { runExecPlugin } = await import('./exec-plugin.ts');
    const credential = await runExecPlugin(this.#target.user.exec!, this.#target, this.#system).catch((error) => {
      // A watch that goes on for days asks again.
      this.#running = undefined;
      throw error;
    });
    this.#expiresAt = credential.expiresAt;
    return credential;
  }
}
