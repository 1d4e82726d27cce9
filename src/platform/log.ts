/** Structured logs with pino: JSON lines to a pipe or journald, readable lines to a terminal. */
import { pino, symbols } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Log } from '../domain/ports.js';
import { shownFields } from './logged-text.js';

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** `auto`: pretty on a terminal, JSON otherwise. */
  readonly format: 'auto' | 'json' | 'pretty';
  readonly destination?: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> & DestinationStream;
  /** It goes to journald: each line of JSON begins with the priority of its level, `<4>`, as sd-daemon(3) says. */
  readonly isJournal?: boolean;
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
    : options.isJournal === true
      ? withPriority(stream)
      : stream;
  const formatters = { log: shownFields };
  const settings = { level: options.level, messageKey: 'event', base: { pid: process.pid }, formatters };
  const logger = pino(settings, target);
  return {
    ...wrap(logger),
    setLevel: (level) => {
      logger.level = level;
    },
  };
}

/** Of pino's levels, as syslog(3) numbers them. */
function priorityOf(level: number): number {
  if (level >= 60) return 2;
  if (level >= 50) return 3;
  if (level >= 40) return 4;
  return level >= 30 ? 6 : 7;
}

function withPriority(stream: DestinationStream): DestinationStream {
  return {
    // pino tells the level of each line before it writes it.
    [symbols.needsMetadataGsym]: true,
    lastLevel: 0,
    write(line: string) {
      stream.write(`<${priorityOf(this.lastLevel)}>${line}`);
    },
  } as DestinationStream & { lastLevel: number };
}

function wrap(logger: Logger): Log {
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
    child: (fields) => wrap(logger.child(shownFields(fields))),
  };
}
