/** Errors as RFC 9457 problem details. `code` is the stable name; `detail` and `hint` are for people. */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { ErrorCode } from '../domain/errors.js';
import type { Log } from '../domain/ports.js';
import type { GateReport } from '../domain/model-registry.js';
import type { PictureOutcome } from '../domain/prediction.js';

/** The stable names of what may go wrong; the page has words for each. */
export type ProblemCode =
  | ErrorCode
  | 'failed'
  | 'too-large'
  | 'aborted'
  | 'too-many-requests'
  | 'too-many-exports'
  | 'too-many-uploads'
  | 'bad-config'
  | 'unauthorized'
  | 'forbidden'
  | 'cross-site'
  | 'wrong-host';

export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly hint?: string;
  /** What the gate said, where that is why. */
  readonly gate?: GateReport;
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Why a picture cannot be used: the kind of thing, and what it was. */
export type RefusedPicture = Pick<Extract<PictureOutcome, { kind: 'refused' }>, 'reason' | 'detail'>;

/** Thrown where no FashiondError fits: the answer is a status of HTTP alone. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: ProblemCode;
  readonly hint: string | null;
  /** Seconds. */
  readonly retryAfter: number | null;
  readonly gate: GateReport | null;
  /** Of a picture that cannot be used. */
  readonly picture: RefusedPicture | null;

  constructor(
    status: number,
    code: ProblemCode,
    detail: string,
    more: {
      readonly hint?: string;
      readonly retryAfter?: number;
      readonly gate?: GateReport;
      readonly picture?: RefusedPicture;
    } = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.hint = more.hint ?? null;
    this.retryAfter = more.retryAfter ?? null;
    this.gate = more.gate ?? null;
    this.picture = more.picture ?? null;
  }
}

const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  usage: 400,
  'not-found': 404,
  refused: 422,
  incompatible: 409,
  busy: 503,
  cancelled: 503,
  network: 502,
  config: 500,
  corrupt: 500,
  internal: 500,
};

/** Seconds to wait where the error says none. */
const BUSY_SECONDS = 5;

export function addRetryAfter(reply: FastifyReply, error: unknown, { status }: Problem): void {
  if (error instanceof HttpProblem && error.retryAfter !== null)
    reply.header('retry-after', error.retryAfter);
  else if (status === 503) reply.header('retry-after', BUSY_SECONDS);
}

/** What is no fault of the caller's is for the log. */
export function logFault(log: Log, request: FastifyRequest, error: unknown, { status }: Problem): void {
  if (status < 500) return;
  log.error('api.failed', {
    route: request.routeOptions.url,
    method: request.method,
    error: messageOf(error),
  });
}

/** What a client is told. Of a fault of ours it learns that there was one, and no more. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HttpProblem) {
    const { gate } = error;
    return {
      ...problem(error.status, error.code, error.message, error.hint),
      ...(gate === null ? {} : { gate }),
    };
  }
  if (error instanceof FashiondError) {
    const known = STATUS_OF[error.code];
    // A disk that is full, say: the same request may succeed later.
    const status = error.retry && known < 500 ? 503 : known;
    if (status < 500 || status === 503) return problem(status, error.code, error.message, error.hint);
  }
  const status = statusOfFramework(error);
  if (status !== null) return problem(status, 'usage', (error as Error).message, null);
  return problem(500, 'internal', 'the request could not be answered because of a fault', null);
}

function problem(status: number, code: ProblemCode, detail: string, hint: string | null): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  return { type: 'about:blank', title, status, detail, code, ...(hint === null ? {} : { hint }) };
}

/** Fastify's own refusals: a body that is no JSON, a content type it cannot read, one that is too large. */
function statusOfFramework(error: unknown): number | null {
  if (!(error instanceof Error) || !('statusCode' in error)) return null;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : null;
}
