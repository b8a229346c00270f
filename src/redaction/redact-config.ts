import { kindContext } from '../skypilot/names.ts';
import { isRecord } from '../snapshot/is-record.ts';
import { redactText } from './redact-text.ts';
import type { Tokens } from './tokens.ts';

/** A kubeconfig context; that of SkyPilot's own kind cluster means something. */
export function contextToken(context: string, tokens: Tokens): string {
  return context === kindContext ? context : tokens.context(context);
}

/** Ports and contexts are judged; the home directory has a name in it. */
export function redactedConfig({ path, content }: Record<string, unknown>, tokens: Tokens): object {
  const { kubernetes, api_server: apiServer } = isRecord(content) ? content : {};
  const { ports, allowed_contexts: allowed, context_configs: configs } = isRecord(kubernetes) ? kubernetes : {};
  const contexts = Object.entries(isRecord(configs) ? configs : {}).map(([name, config]) => [
    contextToken(name, tokens),
    isRecord(config) ? { ports: config.ports } : {},
  ]);
  const contextList = Array.isArray(allowed)
    ? allowed.map((each) => (typeof each === 'string' ? contextToken(each, tokens) : each))
    : allowed;
  const endpoint = isRecord(apiServer) && typeof apiServer.endpoint === 'string' ? apiServer.endpoint : undefined;
  const file = /[^/\\]+$/.exec(String(path))?.[0] ?? '';
  return {
    path: file === 'config.yaml' ? '~/.sky/config.yaml' : file,
    content: {
      kubernetes: { ports, allowed_contexts: contextList, context_configs: Object.fromEntries(contexts) },
      ...(endpoint !== undefined && { api_server: { endpoint: redactText(endpoint, tokens) } }),
    },
  };
}
