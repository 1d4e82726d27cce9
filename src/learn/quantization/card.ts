/** card.md of a model in int8: what it was made from, what that cost, and the card of the model it was made from. */
import type { ModelManifest } from '../../domain/model.js';
import { interval } from '../evaluation/share.js';
import { mayExceed, mayExceedText } from './compare-precision.js';
import type { PrecisionComparison } from './compare-precision.js';

export function quantizedCard(
  made: ModelManifest,
  from: ModelManifest,
  comparison: PrecisionComparison,
  maxLoss: number,
  card: string,
): string {
  const { pictures, accuracy, agreement, cpuMs } = comparison;
  const row = (precision: 'float32' | 'int8'): string =>
    `| ${precision} | ${interval(accuracy[precision])} | ${cpuMs[precision].toFixed(2)} |`;
  return [
    `# Model ${made.name}`,
    '',
    `Fingerprint ${made.fingerprint}, made ${made.createdAt} from ${from.name} (${from.fingerprint}): its convolutions ` +
      'calculate with weights in int8 (seven bits, a scale for each channel) and activations in uint8. It is served ' +
      `by ONNX Runtime; to train on, take ${from.name}.`,
    '',
    `On ${pictures} validation pictures, of which ${interval(agreement)} are named alike:`,
    '',
    '| precision | top-1 | CPU ms a picture |',
    '|---|---|---|',
    row('float32'),
    row('int8'),
    '',
    ...(mayExceed(comparison, maxLoss) ? [`Note: ${mayExceedText(comparison, maxLoss)}.`, ''] : []),
    `What follows is the card of ${from.name}, with the limits of this model.`,
    '',
    card.replace(/^# /m, '## ').trimEnd(),
    '',
  ].join('\n');
}
