import { type AgentOptions, globalAgent } from 'node:https';

/**
 * What makes an SDK client use the proxy that the environment names (`HTTPS_PROXY`, with `NODE_USE_ENV_PROXY=1`), if any. Node
 * gives it to its own agent alone, and each client makes another.
 */
export function proxyAgent(): AgentOptions {
  const { proxyEnv } = globalAgent.options;
  return proxyEnv === undefined ? {} : { proxyEnv };
}
