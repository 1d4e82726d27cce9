/** How a request reaches its host. Connections are kept per route: none serves a shop that may not use it. */
import type { HttpRequest, ProxyRoute } from '../domain/fetch.js';

export interface Route {
  readonly allowLoopback: boolean;
  readonly proxy: ProxyRoute | null;
}

export function routeOf(request: HttpRequest): Route {
  return { allowLoopback: request.allowLoopback ?? false, proxy: request.proxy ?? null };
}

/** Equal for equal routes. Holds the proxy's credentials: for maps in memory only. */
export function routeKey({ allowLoopback, proxy }: Route): string {
  return JSON.stringify([allowLoopback, proxy?.url ?? null, proxy?.resolve ?? null]);
}
