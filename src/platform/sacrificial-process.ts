/**
 * A child process for work that may kill whoever does it: a native library on bytes from anywhere.
 *
 * It takes one request at a time and keeps nothing between two, so it is ended by SIGKILL whenever it is not
 * wanted: when idle, when silent, at close. It ends itself when its parent is gone. What its death means is told
 * apart: a fault of its own (`died`), or a signal that people and the kernel's memory killer send (`killed`).
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { Clock, Log } from '../domain/ports.js';

export interface SacrificialOptions {
  /** Path of the compiled module that calls `serveParent`. */
  readonly module: string;
  /** Its only argument, as JSON. */
  readonly argument: unknown;
  readonly startTimeoutMs: number;
  readonly replyTimeoutMs: number;
  /** Ended after this long without a request. */
  readonly idleMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

export type Answer<Reply> =
  | { readonly kind: 'reply'; readonly reply: Reply }
  /** By itself, with the request in hand; `how`: the signal, or the exit code. */
  | { readonly kind: 'died'; readonly how: string }
  /** By somebody else's signal, which says nothing of the request. */
  | { readonly kind: 'killed'; readonly how: string }
  | { readonly kind: 'silent' };

type Message<Reply> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly why: string }
  | { readonly kind: 'reply'; readonly reply: Reply };

type Event<Reply> =
  { readonly kind: 'message'; readonly message: Message<Reply> } | Exclude<Answer<Reply>, { kind: 'reply' }>;

const START_ATTEMPTS = 3;
const START_PAUSE_MS = 1000;
/** No fault raises these. */
const SENT_BY_OTHERS = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']);

export class SacrificialProcess<Request, Reply> {
  readonly #options: SacrificialOptions;
  #child: ChildProcess | null = null;
  #idle: NodeJS.Timeout | null = null;

  constructor(options: SacrificialOptions) {
    this.#options = options;
  }

  /**
   * Null when the signal aborts: the process is ended at once. Rejects with FashiondError `internal` when it does
   * not start. Must not be called again before it has settled.
   */
  async ask(request: Request, signal: AbortSignal): Promise<Answer<Reply> | null> {
    if (signal.aborted) return null;
    if (this.#idle !== null) clearTimeout(this.#idle);
    const end = (): void => this.end();
    signal.addEventListener('abort', end, { once: true });
    try {
      const child = this.#child ?? (await this.#start(signal));
      if (child === null) return null;
      // The callback takes the error of a channel that has just closed; the exit tells of it as well.
      child.send(request as object, () => undefined);
      const event = await nextEvent<Reply>(child, this.#options.replyTimeoutMs);
      return signal.aborted ? null : this.#answerOf(event);
    } finally {
      signal.removeEventListener('abort', end);
      this.#idle = setTimeout(end, this.#options.idleMs).unref();
    }
  }

  /** Ends the process, if there is one; the next request starts another. */
  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  #answerOf(event: Event<Reply>): Answer<Reply> {
    if (event.kind !== 'message') {
      this.end();
      return event;
    }
    if (event.message.kind === 'reply') return event.message;
    throw new FashiondError('internal', `${this.#options.module} said ${event.message.kind} as a reply`);
  }

  /** Null when the signal aborts. */
  async #start(signal: AbortSignal): Promise<ChildProcess | null> {
    const { module, argument, startTimeoutMs, clock, log } = this.#options;
    let why = '';
    for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
      const child = fork(module, [JSON.stringify(argument)], {
        serialization: 'advanced',
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      this.#child = child;
      // Without a listener, a process that cannot be made or reached would end this one.
      child.on('error', () => undefined);
      child.once('exit', () => {
        if (this.#child === child) this.#child = null;
      });
      const event = await nextEvent<Reply>(child, startTimeoutMs);
      if (signal.aborted) return null;
      if (event.kind === 'message' && event.message.kind === 'ready') return child;
      this.end();
      why = whyNotReady(event);
      log.warn('sacrificial.not_started', { module, attempt, why });
      await clock.sleep(START_PAUSE_MS, signal);
      if (signal.aborted) return null;
    }
    throw new FashiondError('internal', `${module} did not start: ${why}`, {
      hint: 'Check that fashiond is complete (`npm run build`) and that there is memory for one more process.',
      retry: true,
    });
  }
}

function whyNotReady(event: Event<unknown>): string {
  if (event.kind === 'silent') return 'it said nothing';
  if (event.kind !== 'message') return `it ended by ${event.how}`;
  return event.message.kind === 'unusable' ? event.message.why : `it said ${event.message.kind}`;
}

/** What the process does next: a message, its end, or nothing for too long. */
function nextEvent<Reply>(child: ChildProcess, timeoutMs: number): Promise<Event<Reply>> {
  return new Promise((resolve) => {
    const onMessage = (message: unknown): void =>
      settle({ kind: 'message', message: message as Message<Reply> });
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void => settle(endOf(code, signal));
    const onError = (error: Error): void => settle({ kind: 'died', how: messageOf(error) });
    const timer = setTimeout(() => settle({ kind: 'silent' }), timeoutMs);
    const settle = (event: Event<Reply>): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      resolve(event);
    };
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode);
  });
}

function endOf(
  code: number | null,
  signal: NodeJS.Signals | null,
): Exclude<Answer<never>, { kind: 'reply' }> {
  if (signal === null) return { kind: 'died', how: `exit code ${code}` };
  return { kind: SENT_BY_OTHERS.has(signal) ? 'killed' : 'died', how: signal };
}

/**
 * The child's side: opens what it needs, then answers requests until the parent ends it or is gone.
 *
 * Ctrl-C and a service manager's SIGTERM reach every process of the group; whether the child is to end is the
 * parent's decision.
 */
export async function serveParent<Reply>(
  open: () => Promise<(request: unknown) => Promise<Reply>>,
): Promise<void> {
  // Not `process.exit`, which would wait for a native call that does not return.
  const endAtOnce = (): void => void process.kill(process.pid, 'SIGKILL');
  process.on('disconnect', endAtOnce);
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  // The parent may have gone before anybody listened.
  if (!process.connected) endAtOnce();
  const send = (message: Message<Reply>): void => void process.send?.(message);
  try {
    const answer = await open();
    process.on('message', (request) => {
      // A rejection is not handled: it ends the process, which is how a failed answer is told.
      void answer(request).then((reply) => send({ kind: 'reply', reply }));
    });
    send({ kind: 'ready' });
  } catch (error) {
    send({ kind: 'unusable', why: messageOf(error) });
  }
}
