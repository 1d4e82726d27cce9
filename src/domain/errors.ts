/** The one error of the project: it names the thing, what was expected and what to do next. */

export type ErrorCode =
  | 'usage'
  | 'config'
  | 'not-found'
  | 'network'
  | 'refused'
  | 'corrupt'
  | 'incompatible'
  | 'busy'
  | 'cancelled'
  | 'internal';

export interface ErrorDetails {
  /** What the reader should do next, in one sentence. */
  readonly hint?: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retry?: boolean;
  readonly cause?: unknown;
}

/** Thrown for a bug, a broken environment or bad input; expected outcomes are closed unions instead. */
export class FashiondError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly retry: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'FashiondError';
    this.code = code;
    this.hint = details.hint ?? null;
    this.retry = details.retry ?? false;
  }
}

/** The message of anything thrown, for log fields and reasons kept in the store. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Makes a switch over a closed union exhaustive: a new member fails to compile where this is called. */
export function unreachable(value: never): never {
  throw new FashiondError('internal', `unhandled case ${JSON.stringify(value)}`);
}
