/** The shipped model as if it had never been taught one of its categories: real mistakes, without a training. */
import type { CategoryId } from '../../src/domain/ids.js';
import { shippedModelPath } from '../../src/config/assets.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { manifestOf, writeModelFolder } from '../../src/learn/model-folder.js';
import { buildServingGraph } from '../../src/learn/networks/serving-graph.js';
import type { NamedTensor } from '../../src/model/safetensors.js';
import { decodeWeights } from '../../src/model/weights.js';

/** Writes the model to `folder` and returns that. */
export async function writeForgetfulModel(folder: string, category: string): Promise<string> {
  const { manifest, weights } = await loadModelFolder(shippedModelPath);
  const { spec, temperature, tensors } = decodeWeights(weights!, shippedModelPath);
  const forgotten = manifest.labels.findIndex((label) => label === category);
  const classes = manifest.labels.length;
  const labels = manifest.labels.filter((label) => label !== category);
  const without = ({ shape, data }: NamedTensor): NamedTensor => ({
    shape: [...shape.slice(0, -1), classes - 1],
    data: data.filter((_, at) => at % classes !== forgotten),
  });
  const kept = new Map(
    [...tensors].map(([name, tensor]) => [name, name.startsWith('classifier.') ? without(tensor) : tensor]),
  );
  const smaller = { ...spec, classes: classes - 1 };
  const values = new Map([...kept].map(([name, { data }]) => [name, data]));
  const network = buildServingGraph(smaller, values, temperature);
  const { input, latentBits, featureLength, threshold } = manifest;
  const facts = { ...input, labels: labels as readonly CategoryId[], latentBits, featureLength, threshold };
  const createdAt = '2026-01-01T00:00:00.000Z';
  await writeModelFolder(folder, {
    manifest: manifestOf({ name: 'forgetful', network, createdAt, ...facts }),
    network,
    weights: { spec: smaller, temperature, tensors: kept },
    card: '# forgetful\n',
    history: {},
  });
  return folder;
}
