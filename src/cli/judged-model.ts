/** Opens a model folder of any kind for evaluation. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModelFolder } from '../infer/model-folder.js';
import type { JudgedModel } from '../learn/evaluation/judged-model.js';
import { openNetworkModel } from '../learn/evaluation/network-model.js';
import { SVM_MANIFEST } from '../learn/svm/svm-folder.js';
import { openSvmModel } from '../learn/svm/svm-model.js';
import { hogDescriptor } from './hog-descriptor.js';

export async function openJudgedModel(folder: string, threads: number): Promise<JudgedModel> {
  if (await exists(join(folder, SVM_MANIFEST))) return openSvmModel(folder, hogDescriptor);
  const { manifest, network } = await loadModelFolder(folder);
  // The runtime takes plain memory only.
  return openNetworkModel(manifest, new Uint8Array(network), threads);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
