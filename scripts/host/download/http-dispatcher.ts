import type { Dispatcher } from 'undici';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../host.ts';
import { pauseKeptConnectionsOnly } from './unpaused-bodies.ts';

/**
 * Connections via the proxies that the environment names (`http_proxy`, `https_proxy`, `no_proxy`, or
 * their upper-case forms, as curl and apk read them). Plain http goes through a proxy as an ordinary request,
 * for many proxies allow CONNECT only to port 443. The client is loaded here and not before: it takes longer to
 * load than most commands that read folders alone take to run.
 *
 * @throws VipisoError usage when a proxy variable is not a URL
 */
export async function httpDispatcher(host: Host, connectMs: number): Promise<Dispatcher> {
  // Of a CommonJS module a bundle has the default export alone.
  const { default: undici } = await import('undici');
  try {
    const agent = new undici.EnvHttpProxyAgent({
      // An empty text, unlike undefined, keeps undici from looking into process.env itself.
      httpProxy: variable(host, 'http_proxy'),
      httpsProxy: variable(host, 'https_proxy'),
      noProxy: variable(host, 'no_proxy'),
      proxyTunnel: false,
      connect: { timeout: connectMs },
    });
    return agent.compose(pauseKeptConnectionsOnly);
  } catch (cause) {
    throw new VipisoError('usage', 'http_proxy or https_proxy is not the URL of a proxy', {
      hint: 'Write it like http://proxy.example.net:3128.',
      cause,
    });
  }
}

function variable(host: Host, name: string): string {
  return host.env[name] ?? host.env[name.toUpperCase()] ?? '';
}
