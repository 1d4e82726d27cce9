/** `fashiond dataset generate`: pictures of garments, one folder per class. */
import { renderDataset } from '../garments/dataset.js';
import type { Profile } from '../garments/spec.js';
import type { CliContext } from './context.js';
import { progressOf } from './picture-progress.js';

export interface GenerateFlags {
  readonly out: string;
  readonly perClass: number;
  readonly seed: number;
  readonly size: number;
  readonly profile: Profile;
}

export async function generatePictures(flags: GenerateFlags, context: CliContext): Promise<void> {
  const progress = progressOf(context);
  const written = await renderDataset({ ...flags, signal: context.signal, onProgress: progress.show });
  progress.clear();
  context.print(`${written} pictures written to ${flags.out}`);
}
