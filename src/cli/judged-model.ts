/** Opens a model folder of any kind for evaluation. */
import { loadModelFolder } from '../infer/model-folder.js';
import type { JudgedModel } from '../learn/evaluation/judged-model.js';
import { openNetworkModel } from '../learn/evaluation/network-model.js';

export async function openJudgedModel(folder: string, threads: number): Promise<JudgedModel> {
  const { manifest, network } = await loadModelFolder(folder);
  // The runtime takes plain memory only.
  return openNetworkModel(manifest, new Uint8Array(network), threads);
}
