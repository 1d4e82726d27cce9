/**
 * Classifies pictures that may be deadly, in a process of their own.
 *
 * A suspect never reaches a native library inside the daemon. Only a fault of the process that holds it counts
 * against it; the death of the daemon never does, and neither does a signal that somebody sent.
 */
import { unreachable } from '../domain/errors.js';
import type { ModelFingerprint } from '../domain/ids.js';
import type { Clock, Log, SuspectClassifier } from '../domain/ports.js';
import type { PictureOutcome, SuspectOutcome } from '../domain/prediction.js';
import type { DecisionRule } from '../domain/rejection.js';
import type { RuntimeWish } from '../model/runtime.js';
import { systemClock } from '../platform/clock.js';
import { SacrificialProcess } from '../platform/sacrificial-process.js';
import { Semaphore } from '../platform/semaphore.js';

/** What the process is told at its start. */
export interface SuspectSettings {
  readonly modelFolder: string;
  readonly lookalikeFolder: string;
  /** Of the daemon's model: a folder that changed since must not be used beside it. */
  readonly fingerprint: ModelFingerprint;
  /** Of the daemon's vectors, likewise. */
  readonly lookVersion: string;
  /** Largest picture decoded, width x height. */
  readonly maxPixels: number;
  readonly rule: DecisionRule;
  readonly runtime: RuntimeWish;
}

export interface SuspectRequest {
  readonly path: string;
}

export interface SuspectOptions {
  /** Path of the compiled src/suspect-worker.js. */
  readonly worker: string;
  readonly settings: SuspectSettings;
  readonly log: Log;
  readonly clock?: Clock;
  /** For one picture. */
  readonly timeoutMs?: number;
  /** Kills from outside in a row, with the same picture in hand, after which it is said to have failed. */
  readonly maxKills?: number;
}

/** Far more than any picture takes, on a machine that is busy with other things too. */
const TIMEOUT_MS = 60_000;
const IDLE_MS = 30_000;
const MAX_KILLS = 5;

/** Starts no process before the first suspect. */
export function createSuspectClassifier(options: SuspectOptions): SuspectClassifier {
  const { worker, settings, log } = options;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const maxKills = options.maxKills ?? MAX_KILLS;
  const turn = new Semaphore(1);
  const child = new SacrificialProcess<SuspectRequest, PictureOutcome>({
    module: worker,
    argument: settings,
    startTimeoutMs: TIMEOUT_MS,
    replyTimeoutMs: timeoutMs,
    idleMs: IDLE_MS,
    clock: options.clock ?? systemClock,
    log,
  });
  const tryOnce = async (path: string, signal: AbortSignal): Promise<SuspectOutcome | null> => {
    for (let kills = 1; ; kills += 1) {
      const answer = await child.ask({ path }, signal);
      if (answer === null) return null;
      if (answer.kind === 'reply') return answer.reply;
      log.warn('infer.suspect_unanswered', { path, ...answer });
      switch (answer.kind) {
        case 'died':
          return { kind: 'crashed', detail: `its decoder died: ${answer.how}` };
        case 'silent':
          return { kind: 'failed', detail: `its decoder gave no answer in ${timeoutMs / 1000} s` };
        case 'killed':
          if (kills < maxKills) break;
          return { kind: 'failed', detail: `its decoder was ended by ${answer.how} ${kills} times in a row` };
        default:
          unreachable(answer);
      }
    }
  };
  return {
    classify: ({ path }, signal) => turn.use(() => tryOnce(path, signal)),
    close: () => child.end(),
  };
}
