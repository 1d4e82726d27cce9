/** One HTTP exchange and the closed set of ways in which a visit can end. */

/** A proxy that a shop's requests go through (HTTP CONNECT, RFC 9110 section 9.3.6). */
export interface ProxyRoute {
  /** http or https, with user and password where the proxy asks for them: never part of a message or a log line. */
  readonly url: string;
  /**
   * Who turns host names into addresses. `here`: the name is resolved and judged by the network guard, and the proxy
   * is asked for that very address. `proxy`: it gets the name, and the guard judges literal addresses only.
   */
  readonly resolve: 'here' | 'proxy';
}

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole exchange, from the first byte sent to the last byte read. */
  readonly timeoutMs: number;
  /** Bound on the decoded body, in bytes. */
  readonly maxBytes: number;
  /** Cut a longer body at `maxBytes` instead of failing with `too-large`. */
  readonly truncate?: boolean;
  /** Let the connection reach loopback; every other address that is not public stays refused. */
  readonly allowLoopback?: boolean;
  readonly proxy?: ProxyRoute;
  /** Called when the request leaves: it is written to a connection that is open. Again where a kept one was stale. */
  readonly onStart?: () => void;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; a repeated header's values are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded (content-encoding removed). Empty unless the status is 2xx: nobody reads an error's page. */
  readonly body: Uint8Array;
}

/** Why a fetch failed, in the words that logs, health and tests use. */
export type FetchFailure =
  | 'dns'
  | 'connect'
  /** The shop's proxy cannot be reached or refuses. */
  | 'proxy'
  | 'tls'
  | 'timeout'
  | 'reset'
  | 'protocol'
  | 'too-large'
  | 'redirect-loop'
  | 'blocked-address'
  | 'bad-url'
  | 'client-error'
  | 'server-error';

export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export type FetchOutcome =
  | {
      readonly kind: 'ok';
      /** After redirects. */
      readonly url: string;
      readonly contentType: string | null;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
      readonly validators: Validators;
      readonly elapsedMs: number;
    }
  | { readonly kind: 'notModified'; readonly validators: Validators }
  /** 404 or 410. */
  | { readonly kind: 'gone'; readonly status: number }
  | {
      readonly kind: 'disallowed';
      readonly reason: 'robots' | 'scope' | 'guard' | 'robots-unreachable';
      /** What the reason rests on, for people. */
      readonly detail?: string;
    }
  /** 429 or 503: the host asked for less; does not spend an attempt. `retryAfterMs` counts from now. */
  | { readonly kind: 'throttled'; readonly status: number; readonly retryAfterMs: number }
  | {
      readonly kind: 'failed';
      readonly failure: FetchFailure;
      readonly detail: string;
      readonly retry: boolean;
    };
