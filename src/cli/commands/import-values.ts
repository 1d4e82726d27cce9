/** Parsers of the option values of `dataset import`, for Commander: each returns the value or throws what was expected. */
import { InvalidArgumentError } from 'commander';
import { SPLITS } from '../../learn/dataset/dataset.js';
import type { Split } from '../../learn/dataset/dataset.js';
import type { Dealing, SplitShares } from '../../learn/dataset/deal.js';
import { MANIFEST_FIELDS } from '../../learn/dataset/manifest.js';
import type { ManifestColumns, ManifestField } from '../../learn/dataset/manifest.js';
import { split } from '../option-values.js';

export function columns(text: string): ManifestColumns {
  return new Map(
    text.split(',').map((part) => {
      const [name = '', column = ''] = part.split('=').map((word) => word.trim());
      const field = MANIFEST_FIELDS.find((one): one is ManifestField => one === name);
      if (field !== undefined && column !== '') return [field, column];
      throw new InvalidArgumentError(`expected FIELD=COLUMN, with a field of ${MANIFEST_FIELDS.join(', ')}`);
    }),
  );
}

export function names(text: string): readonly string[] {
  const found = text.split(',').map((name) => name.trim());
  if (found.every((name) => name !== '')) return found;
  throw new InvalidArgumentError('expected COLUMN,COLUMN,...');
}

export function dealing(text: string): Dealing {
  const found = [...SPLITS, 'seeded' as const, 'stratified' as const].find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError('expected seeded, stratified, train, validation or test');
}

export function splits(text: string): readonly Split[] {
  return text.split(',').map((name) => split(name.trim()));
}

export function shares(text: string): SplitShares {
  const parts = text.split(':').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [train, validation, test] = parts;
  if (train !== undefined && validation !== undefined && test !== undefined && parts.length === 3) {
    if (parts.every((part) => part >= 0 && Number.isFinite(part)) && train + validation + test > 0) {
      return { train, validation, test };
    }
  }
  throw new InvalidArgumentError('expected three numbers: TRAIN:VALIDATION:TEST');
}

export function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError('expected a regular expression with one group');
  }
}
