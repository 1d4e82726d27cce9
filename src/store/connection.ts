/**
 * One connection to the database: statements prepared once, transactions that join, errors that say what to do.
 *
 * Invariants: everything is synchronous on one thread, so a transaction is never interleaved with other work of
 * this process; a transaction inside a transaction joins it, and only the outermost commits.
 */
import Database from 'better-sqlite3';
import { FashiondError } from '../domain/errors.js';

type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlParams = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;

export class Connection {
  readonly path: string;
  readonly raw: Database.Database;
  readonly #statements = new Map<string, Database.Statement<SqlParams[]>>();

  constructor(raw: Database.Database, path: string) {
    this.raw = raw;
    this.path = path;
  }

  /** Every row of the answer. */
  all<Row>(sql: string, params: SqlParams = []): Row[] {
    return this.#explained(() => this.statement(sql).all(params)) as Row[];
  }

  /** The first row of the answer. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the columns it selects
  get<Row>(sql: string, params: SqlParams = []): Row | undefined {
    return this.#explained(() => this.statement(sql).get(params)) as Row | undefined;
  }

  /** How many rows were changed, and the id of the last one inserted. */
  run(sql: string, params: SqlParams = []): { readonly changes: number; readonly id: number } {
    const result = this.#explained(() => this.statement(sql).run(params));
    return { changes: result.changes, id: Number(result.lastInsertRowid) };
  }

  statement(sql: string): Database.Statement<SqlParams[]> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.raw.prepare<SqlParams[]>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /**
   * All of `work`, or nothing of it. Survives the death of the process at any moment; after a loss of power the
   * last transactions may be missing, but never a part of one (synchronous = NORMAL in WAL mode).
   */
  transaction<T>(work: () => T): T {
    if (this.raw.inTransaction) return work();
    this.run('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      if (this.raw.inTransaction) this.run('ROLLBACK');
      throw error;
    }
  }

  /** A transaction that is on the disk when this returns: for what a person did and no crawl brings back. */
  durably<T>(work: () => T): T {
    if (this.raw.inTransaction) throw new FashiondError('internal', 'a durable write must not be nested');
    this.raw.pragma('synchronous = FULL');
    try {
      return this.transaction(work);
    } finally {
      this.raw.pragma('synchronous = NORMAL');
    }
  }

  #explained<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw explain(error, this.path, damagedInUse);
    }
  }
}

/** An error of SQLite as one that names the file and the next step; anything else as it is. */
export function explain(error: unknown, path: string, damaged = corruptError): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code, message } = error;
  const isOneOf = (...starts: string[]): boolean => starts.some((start) => code.startsWith(start));
  if (isOneOf('SQLITE_NOTADB')) return notDatabase(path, error);
  if (isOneOf('SQLITE_CORRUPT')) return damaged(path, message, error);
  // The second of what the log's index cannot grow by, which lies in a file beside it.
  if (isOneOf('SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE')) {
    return new FashiondError('refused', `no room left to write ${path}`, {
      hint: 'Free space on its disk; nothing that was committed is lost.',
      retry: true,
      cause: error,
    });
  }
  if (isOneOf('SQLITE_BUSY', 'SQLITE_LOCKED')) {
    return new FashiondError('busy', `${path} is locked by another program`, {
      hint: 'Close the program that writes to it, such as an sqlite3 shell with an open transaction.',
      retry: true,
      cause: error,
    });
  }
  if (isOneOf('SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_PERM', 'SQLITE_AUTH')) {
    // Not `config`: a disk that is mounted a moment later mends it. The service is started again, ten times in five minutes.
    return new FashiondError('refused', `cannot open ${path}: ${message}`, {
      hint: 'Check store.path, and that its folder and the file may be written by this user.',
      cause: error,
    });
  }
  return error;
}

/** Found before anything was written. */
export function corruptError(path: string, what: string, cause?: unknown): FashiondError {
  return damagedError(path, what, 'The file was not changed.', cause);
}

/** Met while the file is in use, perhaps after much was written. */
function damagedInUse(path: string, what: string, cause?: unknown): FashiondError {
  return damagedError(path, what, 'Copy the file before anything is tried with it.', cause);
}

function damagedError(path: string, what: string, first: string, cause: unknown): FashiondError {
  return new FashiondError('corrupt', `the database ${path} is damaged: ${what}`, {
    hint:
      `${first} fashiond db restore BACKUP --config FILE puts a backup in its place and keeps this ` +
      `one; sqlite3 ${path} .recover | sqlite3 recovered.db saves what is readable.`,
    cause,
  });
}

export function notDatabase(path: string, cause?: unknown): FashiondError {
  return new FashiondError('corrupt', `${path} is not an SQLite database`, {
    hint: 'Nothing was changed. Name another file in store.path, or move this one away and start anew.',
    cause,
  });
}
