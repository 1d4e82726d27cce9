/** `fashiond calibrate`: fits what a model refuses, without training it. */
import { readDataset } from '../learn/dataset/dataset.js';
import type { Split } from '../learn/dataset/dataset.js';
import { calibrateFolder, limitLines, readDatasets } from './calibrate-folder.js';
import type { CliContext } from './context.js';

export interface CalibrateFlags {
  readonly model: string;
  readonly data: string;
  readonly calibrateOn?: readonly string[];
  readonly split: Split;
  readonly offDomain?: string;
  readonly promise: number;
  readonly confidence: number;
  readonly threads: number;
  readonly json?: true;
}

export async function calibrateFromFlags(flags: CalibrateFlags, context: CliContext): Promise<void> {
  const manifest = await calibrateFolder(flags.model, {
    ...flags,
    data: await readDataset(flags.data),
    others: await readDatasets(flags.calibrateOn ?? []),
    promised: { risk: 1 - flags.promise, doubt: 1 - flags.confidence },
  });
  if (flags.json === true) {
    const { fingerprint, typicality, rejection } = manifest;
    context.print(JSON.stringify({ fingerprint, typicality, rejection }, null, 2));
    return;
  }
  for (const line of limitLines(manifest)) context.print(line);
  context.print(`limits written to ${flags.model}; fingerprint ${manifest.fingerprint}`);
}
