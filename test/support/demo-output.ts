/** What the demo prints, and what README says of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './cli.js';

/** The category table: its cells by the row's name, columns without the name. */
export function tableIn(stdout: string): Map<string, string[]> {
  const lines = stdout.split('\n');
  const start = lines.findIndex((line) => line.includes('precision'));
  const length = lines.slice(start).findIndex((line) => line.startsWith('└'));
  const cells = lines.slice(start + 2, start + length).map((line) =>
    line
      .split('│')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return new Map(cells.map(([name = '', ...rest]) => [name, rest]));
}

/** The queries that README shows for the demo's database. */
export function readmeQueries(): string[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const queries = [...readme.matchAll(/^sqlite3 -readonly data\/demo\.db "([^"]+)"$/gm)].map(
    (match) => match[1]!,
  );
  if (queries.length < 3) throw new Error('README shows fewer than three queries');
  return queries;
}
