/** The one error an HttpClient rejects with, and the table from Node's error codes to the project's words. */
import { messageOf } from '../domain/errors.js';
import type { FetchFailure } from '../domain/fetch.js';

export class HttpFault extends Error {
  readonly failure: FetchFailure;

  constructor(failure: FetchFailure, message: string) {
    super(message);
    this.name = 'HttpFault';
    this.failure = failure;
  }
}

const FAILURE_BY_CODE: readonly (readonly [RegExp, FetchFailure])[] = [
  [/^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL|EREFUSED)$/, 'dns'],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|ETIMEDOUT)$/, 'connect'],
  [
    /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|HOSTNAME_MISMATCH|EPROTO)/,
    'tls',
  ],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/, 'reset'],
  [/^UND_ERR_(SOCKET|RES_CONTENT_LENGTH_MISMATCH|DESTROYED|CLOSED|ABORTED|INFO)$/, 'reset'],
  [/^(ERR_INVALID_URL|ERR_UNSUPPORTED_PROTOCOL)$/, 'bad-url'],
];

/** Errors wrap each other a few times at most; a cycle must not hang the daemon. */
const MAX_CAUSES = 8;

/**
 * Whatever a socket, TLS, the HTTP parser, zlib or the client library threw, in the project's words. Only the
 * message is kept: the client library's errors hold on to request, response and options, megabytes in a log line.
 */
export function faultOf(thrown: unknown): HttpFault {
  let current: unknown = thrown;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth += 1) {
    if (current instanceof HttpFault) return current;
    const failure = failureOfCode(current);
    if (failure !== null) return new HttpFault(failure, messageOf(current));
    current = current.cause;
  }
  // The HTTP parser (HPE_*), zlib (Z_*, ERR_BROTLI*) and anything not named above: bytes that make no sense.
  return new HttpFault('protocol', messageOf(thrown));
}

function failureOfCode(error: Error): FetchFailure | null {
  const code = (error as NodeJS.ErrnoException).code;
  if (typeof code !== 'string') return null;
  for (const [pattern, failure] of FAILURE_BY_CODE) if (pattern.test(code)) return failure;
  return null;
}
