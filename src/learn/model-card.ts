/** card.md: what a model was trained on, how good it is, and where it should not be trusted. */
import type { ModelManifest } from '../domain/model.js';
import { SPLITS } from './dataset/dataset.js';
import type { DatasetIndex } from './dataset/dataset.js';
import type { Evaluation } from './evaluate.js';
import { memoryLines } from './fine-tuning/memory.js';
import type { Memory } from './fine-tuning/memory.js';
import { interval } from './evaluation/share.js';
import type { Figures } from './metrics.js';
import { temperatureText } from './temperature.js';
import type { TemperatureSource } from './temperature.js';

export interface CardFacts {
  readonly manifest: ModelManifest;
  readonly index: DatasetIndex;
  /** What the network is: a sentence or two. */
  readonly network: string;
  readonly temperature: number;
  readonly temperatureFrom: TemperatureSource;
  readonly bestEpoch: number;
  readonly epochs: number;
  /** How training ended, in words. */
  readonly ending: string;
  /** The earlier weights that training started from; null for random ones. */
  readonly startedFrom: string | null;
  /** How it was taught on top of a model; null where it started from nothing. */
  readonly fineTuned: { readonly text: string; readonly memory: Memory | null } | null;
  readonly evaluations: readonly Evaluation[];
}

export function modelCard(facts: CardFacts): string {
  const { manifest, index, network } = facts;
  const lines = [
    `# Model ${manifest.name}`,
    '',
    `Fingerprint ${manifest.fingerprint}, made ${manifest.createdAt}.`,
    '',
    `Decides among ${manifest.labels.length} categories from a picture of ` +
      `${manifest.input.size} x ${manifest.input.size} pixels (letterboxed, bars of value ${manifest.input.fill}). ` +
      `${network} ${manifest.latentBits} latent bits, ${manifest.featureLength} features. ${beginning(facts)} ` +
      `${capitalised(facts.ending)} after ${facts.epochs} epochs, weights of epoch ${facts.bestEpoch}. ` +
      `Logits are divided by temperature ${facts.temperature.toFixed(3)}, ${temperatureText(facts.temperatureFrom)}.`,
    '',
    ...fineTuningLines(facts),
    '## Trained on',
    '',
    '| source | licence | train | validation | test |',
    '|---|---|---|---|---|',
    ...index.sources.map(({ name, licence }) => {
      const counts = SPLITS.map(
        (split) => index.entries.filter((entry) => entry.source === name && entry.split === split).length,
      );
      return `| ${name} | ${licence ?? 'not stated'} | ${counts.join(' | ')} |`;
    }),
    '',
    ...facts.evaluations.flatMap((evaluation) => evaluationLines(evaluation, manifest)),
    '## Limits',
    '',
    '- The network names one of its categories whatever a picture shows. Anything else is kept out by thresholds and,',
    '  where a section above says how familiar a picture must look, by that; neither keeps all of it out.',
    '- Expect less on pictures that look like none of the sources above: other studios, worn outfits with several',
    '  garments, unusual framing. Figures on rendered pictures say nothing about photos.',
    `- The validation split chose ${chosen(facts)}, and may share photographers with the training`,
    '  pictures, so its figures look better than those of new pictures will. The test split had no part in the',
    '  training.',
    '',
  ];
  return lines.join('\n');
}

function chosen({ temperatureFrom }: CardFacts): string {
  return temperatureFrom === 'validation' ? 'the epoch and the temperature' : 'the epoch';
}

function beginning({ startedFrom }: CardFacts): string {
  if (startedFrom === null) return 'Trained from random weights.';
  return `Trained from the weights of ${startedFrom}, whose own training pictures need not be in the table below.`;
}

function fineTuningLines({ fineTuned }: CardFacts): string[] {
  if (fineTuned === null) return [];
  const { text, memory } = fineTuned;
  const lines = [`${capitalised(text)}.`, ...(memory === null ? [] : memoryLines(memory))];
  return [...lines.flatMap((line) => [`- ${line}`]), ''];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function evaluationLines({ split, all, bySource }: Evaluation, manifest: ModelManifest): string[] {
  const row = (name: string, figures: Figures): string =>
    `| ${name} | ${figures.pictures} | ${interval(figures.accuracy)} | ${interval(figures.precision)} | ` +
    `${interval(figures.coverage)} | ${figures.calibrationError.toFixed(3)} |`;
  return [
    `## Figures on the ${split} split`,
    '',
    `Precision is of the pictures whose probability is above ${all.threshold}; coverage is their share. ` +
      'Intervals are 95 % (Wilson).',
    '',
    '| source | pictures | accuracy | precision | coverage | calibration error |',
    '|---|---|---|---|---|---|',
    row('all', all),
    ...bySource.map(({ source, figures }) => row(source, figures)),
    '',
    '| category | pictures | found (recall) | right when named (precision) |',
    '|---|---|---|---|',
    ...manifest.labels.map((label, position) => {
      const own = all.byClass[position];
      if (own === undefined) return `| ${label} | 0 | | |`;
      return `| ${label} | ${own.pictures} | ${interval(own.recall)} | ${interval(own.precision)} |`;
    }),
    '',
  ];
}
