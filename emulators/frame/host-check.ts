import { isLoopbackHost } from '../../runtime/index.ts';

/**
 * A page in somebody's browser can reach loopback ports, directly or by pointing its own host name at 127.0.0.1.
 * The Host header and the Origin tell such a request from one of a client library.
 */
export function refusalOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string | undefined {
  const host = headers.host;
  if (typeof host !== 'string' || !isLoopbackHost(host)) {
    return `Expected a loopback Host header (localhost, 127.0.0.1 or [::1]), got ${String(host)}.`;
  }
  if (headers.origin !== undefined)
    return `Requests of browsers are refused (Origin: ${String(headers.origin)}).`;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none') return 'Requests of web pages are refused.';
  return undefined;
}
