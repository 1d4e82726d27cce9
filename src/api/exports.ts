/**
 * Exports of the catalogue: streamed, so that none of them is ever whole in memory. So many are in hand at once, and a
 * reader that takes nothing for a while, or does not come to the end, loses its place. An answer that cannot be brought
 * to its end is cut off, which a client is told by its connection.
 */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { ExportFormat } from '../domain/serving.js';
import { Places } from './places.js';

export const EXPORT_FORMATS = ['csv', 'jsonl', 'parquet'] as const satisfies readonly ExportFormat[];

/** By the names that the document gives them. */
export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv',
  jsonl: 'application/jsonl',
  parquet: 'application/vnd.apache.parquet',
};

/** Times the longest pause; a reader that takes a little now and then would hold its place for ever. */
const MOST_PAUSES = 30;

export interface ExportAnswer {
  readonly format: ExportFormat;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export class Exports {
  readonly #places: Places;
  readonly #stallMs: number;

  constructor(limits: { readonly atOnce: number; readonly stallMs: number }) {
    this.#places = new Places(limits.atOnce, { code: 'too-many-exports', what: 'exports', retryAfter: 5 });
    this.#stallMs = limits.stallMs;
  }

  /** Throws 429 while too many are in hand; the work has not begun then. */
  send(reply: FastifyReply, caller: string, { format, chunks }: ExportAnswer): FastifyReply {
    const giveBack = this.#places.take(caller);
    const bytes = Readable.from(chunks, { objectMode: false });
    const deadline = setTimeout(() => reply.raw.destroy(), MOST_PAUSES * this.#stallMs);
    bytes.once('close', () => {
      clearTimeout(deadline);
      giveBack();
    });
    reply.raw.setTimeout(this.#stallMs, () => reply.raw.destroy());
    const type = EXPORT_TYPES[format];
    reply.header('content-disposition', `attachment; filename="items.${format}"`);
    return reply.type(format === 'parquet' ? type : `${type}; charset=utf-8`).send(bytes);
  }
}
