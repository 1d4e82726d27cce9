/** `db check`: whether the database and its pictures are whole. */
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import { createBlobStore } from '../images/blob-store.js';
import { MIGRATIONS } from '../store/store.js';
import { checkDatabase } from '../store/upkeep/check.js';
import type { CheckReport } from '../store/upkeep/check.js';
import { formatBytes } from './bytes.js';
import type { CliContext } from './context.js';
import type { JsonFlag } from './db.js';

/** Of a long list, as many as help. */
const SHOWN = 10;

/** Reads the whole database. Throws FashiondError `corrupt` when something is wrong, after the report. */
export function checkWhole(config: Config, flags: JsonFlag, context: CliContext): void {
  const { path, blobs } = config.store;
  const report = checkDatabase(path, createBlobStore(blobs), blobs);
  if (flags.json === true) context.print(JSON.stringify(report, null, 2));
  else for (const line of describe(report)) context.print(line);
  requireSound(report);
}

function describe(report: CheckReport): string[] {
  const { pictures, problems } = report;
  return [
    `database  ${report.path}`,
    `  size      ${formatBytes(report.bytes)}, and ${formatBytes(report.walBytes)} of log`,
    `  schema    ${report.schema ?? 'unreadable'} (this program knows ${MIGRATIONS.length})`,
    `  rows      ${problems.length === 0 ? 'sound' : `${problems.length} problems`}`,
    ...shortened(problems),
    `pictures  ${pictures.known} known, ${pictures.missing.length} of them without their file`,
    ...shortened(pictures.missing),
    `  orphans   ${pictures.orphans} files that no row names, ${formatBytes(pictures.orphanBytes)}`,
  ];
}

function shortened(lines: readonly string[]): string[] {
  const rest = lines.length - SHOWN;
  return [...lines.slice(0, SHOWN), ...(rest > 0 ? [`and ${rest} more`] : [])].map((line) => `    ${line}`);
}

function requireSound({ path, problems, pictures }: CheckReport): void {
  if (problems.length > 0) {
    throw new FashiondError('corrupt', `${path} is damaged`, {
      hint: 'fashiond db restore BACKUP --config FILE puts a backup in its place and keeps this file.',
    });
  }
  if (pictures.missing.length > 0) {
    throw new FashiondError(
      'corrupt',
      `${pictures.missing.length} pictures of ${path} have lost their file`,
      {
        hint: 'Copy the folder of store.blobs back from where it is backed up; what the daemon decided stays.',
      },
    );
  }
}
