/** Whether options, data and network fit, and the text by which a checkpoint knows that they are the same. */
import { FashiondError } from '../../domain/errors.js';
import type { NetworkSpec } from '../../model/network.js';
import type { RuntimeChoice } from '../../model/runtime.js';
import type { TrainOptions } from './options.js';
import { epochLength } from './sampler.js';
import type { StartingPoint } from './start-from.js';
import type { TrainingData } from './steps.js';
import type { TeacherSetup } from './teacher.js';

/** Throws FashiondError that names what does not fit. */
export function checkOptions(
  spec: Pick<NetworkSpec, 'size'>,
  data: Omit<TrainingData, 'pixels' | 'labels'>,
  options: TrainOptions,
  device: RuntimeChoice['device'],
): void {
  const { batch, workers } = options;
  if (device !== 'cpu' && workers > 1) {
    // ONNX Runtime's WebGPU sessions share one device, and crash when two threads use it.
    throw new FashiondError('usage', `${workers} workers cannot share ${device}`, {
      hint: 'take one worker, or train on the CPU',
    });
  }
  if (batch % workers !== 0) {
    throw new FashiondError('usage', `a batch of ${batch} cannot be divided among ${workers} workers`, {
      hint: `choose a multiple of ${workers}`,
    });
  }
  if (data.size !== spec.size) {
    throw new FashiondError(
      'incompatible',
      `the data has pictures of ${data.size} px, the network takes ${spec.size}`,
      {
        hint: 'import the data with the size of the network',
      },
    );
  }
  if (data.train.length < batch) {
    throw new FashiondError(
      'usage',
      `${data.train.length} training pictures do not fill a batch of ${batch}`,
      {
        hint: 'import more pictures or choose a smaller batch',
      },
    );
  }
  const unknown = Object.keys(options.rates).find((source) => !data.sources.includes(source));
  if (unknown !== undefined) {
    throw new FashiondError('usage', `the data has no source ${unknown}`, {
      hint: `its sources: ${[...new Set(data.sources)].join(', ')}`,
    });
  }
  const shown = epochLength(data.train, (picture) => options.rates[data.sources[picture] ?? ''] ?? 1);
  if (shown < batch) {
    throw new FashiondError(
      'usage',
      `with these rates an epoch shows ${shown} pictures, which do not fill a batch of ${batch}`,
      { hint: 'choose higher rates, more pictures or a smaller batch' },
    );
  }
  if (data.validation.length === 0) {
    throw new FashiondError('usage', 'the data has no validation pictures', {
      hint: 'import a folder with validation/ or one that is split by seed',
    });
  }
}

/** JSON of all that decides the result. Patience is left out: how long to wait may be changed while a training stands still. */
export function recipeOf(
  spec: NetworkSpec,
  data: TrainingData,
  options: TrainOptions,
  from: Pick<StartingPoint, 'fingerprint' | 'columns'> | null,
  teacher: TeacherSetup | null,
): string {
  const { patience: _patience, ...rest } = options;
  const { network: _network, ...held } = teacher ?? { network: null };
  const kept = teacher === null ? {} : { teacher: held };
  const start = from === null ? {} : { start: { fingerprint: from.fingerprint, columns: from.columns } };
  return JSON.stringify({ spec, data: data.fingerprint, options: rest, ...start, ...kept });
}
