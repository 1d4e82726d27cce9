/** What a view for analysts is made of. */

export interface ViewDoc {
  readonly name: string;
  readonly doc: string;
  /** In the view's own order. */
  readonly columns: Readonly<Record<string, string>>;
  readonly select: string;
}

/** A column of milliseconds since the epoch as ISO 8601 UTC. */
export const iso = (column: string): string =>
  `strftime('%Y-%m-%dT%H:%M:%SZ', ${column} / 1000, 'unixepoch')`;
