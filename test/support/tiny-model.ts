/** The tiny network's model folder, for a test that runs alone in its file's temporary folder. */
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';
import { writeTinyModelTo } from './tiny-network.js';

/** Writes the tiny model below a fresh temporary folder and returns its path. */
export async function writeTinyModel(options: Parameters<typeof writeTinyModelTo>[1] = {}): Promise<string> {
  return writeTinyModelTo(join(temporaryFolder(), 'tiny'), options);
}
