/** Structured logs with pino: JSON lines to a pipe or journald, readable lines to a terminal. */
import { pino } from 'pino';
import type { Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Log } from '../domain/ports.js';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** `auto`: pretty on a terminal, JSON otherwise. */
  readonly format: 'auto' | 'json' | 'pretty';
  readonly destination?: NodeJS.WriteStream;
}

export interface AdjustableLog extends Log {
  /** For this log; a child keeps the level that it began with. */
  setLevel(level: LogOptions['level']): void;
}

export function createLog(options: LogOptions): AdjustableLog {
  const stream = options.destination ?? process.stdout;
  const readable = options.format === 'pretty' || (options.format === 'auto' && stream.isTTY);
  const target = readable
    ? pretty({ destination: stream, sync: true, ignore: 'pid,hostname', messageKey: 'event' })
    : stream;
  const logger = pino({ level: options.level, messageKey: 'event', base: { pid: process.pid } }, target);
  return {
    ...wrap(logger),
    setLevel: (level) => {
      logger.level = level;
    },
  };
}

function wrap(logger: Logger): Log {
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
    child: (fields) => wrap(logger.child(fields)),
  };
}
