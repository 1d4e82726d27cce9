/** The reading half of the store: for commands beside a running daemon, and for the daemon itself. */
import { FashiondError } from '../domain/errors.js';
import type { ProductId } from '../domain/ids.js';
import type { ModelReading } from '../domain/model-registry.js';
import type { ExchangedLabel } from '../domain/review.js';
import type { SearchSpaces, SearchStore } from '../domain/search-ports.js';
import { Browsing } from './browse/browsing.js';
import type { Connection, SqlParams } from './connection.js';
import { explain } from './connection.js';
import { exportOf } from './export/export.js';
import type { Export, ExportJob } from './export/export.js';
import { RegistryReading } from './registry/reading.js';
import { exchangedLabels } from './review/exchange.js';
import { findItem, indexedItem, indexedItems, pictureVectors, wholeItems } from './search-items.js';
import { summary } from './summary.js';
import type { StoreSummary } from './summary.js';
import { integrityProblems } from './upkeep/integrity.js';
import { vectorFingerprints } from './vectors.js';
import { VIEWS } from './views.js';

export interface ReadOnlyStore extends SearchStore {
  readonly path: string;
  readonly browse: Browsing;
  readonly models: ModelReading;
  /** Rows of a statement that only reads; throws FashiondError `usage` for any other. */
  query<Row>(sql: string, params?: SqlParams): Row[];
  /** A view as a file, made chunk by chunk on this thread. Throws FashiondError `usage` as `exportOf`. */
  export(job: ExportJob): Promise<Export>;
  /** Every label, in the order given, for another catalogue. */
  exchangedLabels(): ExchangedLabel[];
  summary(): StoreSummary;
  /** What `PRAGMA integrity_check` and the references complain of; empty when all is well. */
  integrityCheck(): readonly string[];
  close(): void;
}

export class Reading implements ReadOnlyStore {
  protected readonly db: Connection;
  readonly browse: Browsing;
  readonly models: ModelReading;

  constructor(db: Connection) {
    this.db = db;
    this.browse = new Browsing(db);
    this.models = new RegistryReading(db);
  }

  get path(): string {
    return this.db.path;
  }

  query<Row>(sql: string, params: SqlParams = []): Row[] {
    this.#reading(sql);
    return this.db.all<Row>(sql, params);
  }

  export(job: ExportJob): Promise<Export> {
    return exportOf(this.db, job);
  }

  exchangedLabels(): ExchangedLabel[] {
    return exchangedLabels(this.db);
  }

  summary(): StoreSummary {
    return summary(this.db);
  }

  integrityCheck(): readonly string[] {
    return integrityProblems(this.db);
  }

  indexedItems(spaces: SearchSpaces): ReturnType<SearchStore['indexedItems']> {
    return indexedItems(this.db, spaces);
  }

  indexedItem(id: ProductId, spaces: SearchSpaces): ReturnType<SearchStore['indexedItem']> {
    return indexedItem(this.db, id, spaces);
  }

  pictureVectors(picture: number, spaces: SearchSpaces): ReturnType<SearchStore['pictureVectors']> {
    return pictureVectors(this.db, picture, spaces);
  }

  wholeItems(ids: readonly ProductId[], spaces: SearchSpaces): ReturnType<SearchStore['wholeItems']> {
    return wholeItems(this.db, ids, spaces);
  }

  findItem(reference: string): ReturnType<SearchStore['findItem']> {
    return findItem(this.db, reference);
  }

  vectorFingerprints(): ReturnType<SearchStore['vectorFingerprints']> {
    return vectorFingerprints(this.db);
  }

  close(): void {
    this.db.raw.close();
  }

  #reading(sql: string): ReturnType<Connection['statement']> {
    const statement = this.#prepared(sql);
    if (!statement.readonly || !statement.reader) {
      throw new FashiondError('usage', 'the statement does not only read', {
        hint: `Use a SELECT on the views ${VIEWS.map(({ name }) => name).join(', ')}.`,
      });
    }
    return statement;
  }

  #prepared(sql: string): ReturnType<Connection['statement']> {
    try {
      return this.db.statement(sql);
    } catch (error) {
      throw explain(error, this.db.path);
    }
  }
}
