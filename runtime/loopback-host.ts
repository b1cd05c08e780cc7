/** A page in somebody's browser reaches loopback ports by any name that leads there; only these name this machine. */
const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && loopback.test(host);
}
