/** What a view for analysts is made of, and the SQL that views share. */
import { ORDERABLE } from '../domain/product.js';

/** `decimal`: an amount of money in whole units. `time`: ISO 8601 UTC. `boolean`: 1 or 0. */
export type ColumnType = 'text' | 'integer' | 'number' | 'decimal' | 'boolean' | 'time';

export interface ViewDoc {
  readonly name: string;
  readonly doc: string;
  /** In the view's own order. */
  readonly columns: Readonly<Record<string, string>>;
  /** The columns that are no text. */
  readonly types: Readonly<Partial<Record<Exclude<ColumnType, 'text'>, readonly string[]>>>;
  readonly select: string;
}

/** A column of milliseconds since the epoch as ISO 8601 UTC. */
export const iso = (column: string): string =>
  `strftime('%Y-%m-%dT%H:%M:%SZ', ${column} / 1000, 'unixepoch')`;
const factor = (currency: string): string =>
  `COALESCE((SELECT factor FROM currencies WHERE code = ${currency}), 100)`;
/** An amount in minor units as one in whole units of its currency. */
export const major = (minor: string, currency: string): string => `${minor} * 1.0 / ${factor(currency)}`;
/** Availabilities in which an item can be ordered, as a list of SQL strings. */
export const orderable = [...ORDERABLE].map((name) => `'${name}'`).join(', ');
