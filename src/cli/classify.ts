/** `fashiond classify PICTURE...`: category with probability, or unknown with the reason, for picture files. */
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { openClassifier } from '../app.js';
import { FashiondError } from '../domain/errors.js';
import type { PictureClassifier } from '../domain/ports.js';
import type { PictureOutcome } from '../domain/prediction.js';
import type { DecisionRule } from '../domain/rejection.js';
import { chooseRule } from '../infer/decision-rule.js';
import { createLog } from '../platform/log.js';
import { optionalConfig, withConfigOption } from './config-option.js';
import type { RegisterCommand } from './context.js';

interface ClassifyFlags {
  readonly json?: boolean;
  readonly model?: string;
}

/** One element of `results` in the JSON output; the names are a contract. */
interface ClassifyResult {
  readonly path: string;
  readonly category: string | null;
  readonly probability: number | null;
  readonly best: string | null;
  readonly candidates: readonly { readonly category: string; readonly probability: number }[];
  readonly reason: string | null;
  /** How much it looks like what the model was taught; null where the model does not tell. */
  readonly typicality: number | null;
}

/** For people, who are also told what the reason rests on. */
interface ExplainedResult extends ClassifyResult {
  readonly detail: string;
}

export const registerClassify: RegisterCommand = (program, context) => {
  const command: Command = withConfigOption(program.command('classify'))
    .description('say what is on pictures')
    .argument('<picture...>', 'JPEG, PNG or WebP files')
    .option('--model <folder>', 'model folder; the default is the one that ships')
    .option('--json', 'machine-readable output')
    .action(async (paths: string[], flags: ClassifyFlags) => {
      const config = await optionalConfig(command);
      const model = { ...config.model, path: flags.model ?? config.model.path };
      const log = createLog({ level: 'silent', format: 'json' });
      const classifier = await openClassifier({ ...config, model }, log);
      try {
        const results = await Promise.all(paths.map((path) => classifyFile(classifier, path)));
        const decided = limitsOf(chooseRule(classifier.manifest, model), classifier.manifest.labels);
        if (flags.json === true)
          context.print(JSON.stringify({ decided, results: results.map(withoutDetail) }, null, 2));
        else for (const result of results) context.print(lineFor(result));
        const unread = results.filter(({ reason }) => reason === 'not-found' || reason === 'failed').length;
        if (unread > 0) {
          throw new FashiondError('not-found', `${unread} of ${paths.length} pictures could not be read`, {
            hint: 'Check the paths marked not-found or failed above.',
          });
        }
      } finally {
        await classifier.close();
      }
    });
};

/** The limits that decided, in the JSON output. */
function limitsOf({ kind, thresholds, floor }: DecisionRule, labels: readonly string[]): unknown {
  return {
    by: kind,
    thresholds: Object.fromEntries(labels.map((label, at) => [label, thresholds[at] ?? null])),
    leastTypicality: floor,
  };
}

async function classifyFile(classifier: PictureClassifier, path: string): Promise<ExplainedResult> {
  const found = await stat(path).catch(() => null);
  if (found === null) return unknown(path, 'not-found', 'no such file, or it may not be read');
  if (found.isDirectory()) return unknown(path, 'not-found', 'a folder; name the pictures in it');
  return resultOf(path, await classifier.classify({ path }));
}

function resultOf(path: string, outcome: PictureOutcome): ExplainedResult {
  if (outcome.kind === 'refused') return unknown(path, outcome.reason, outcome.detail);
  if (outcome.kind === 'failed') return unknown(path, 'failed', outcome.detail);
  const { category, probability, best, candidates, reason, typicality } = outcome.prediction;
  return { path, category, probability, best, candidates, reason, typicality, detail: '' };
}

function withoutDetail(result: ExplainedResult): ClassifyResult {
  const { path, category, probability, best, candidates, reason, typicality } = result;
  return { path, category, probability, best, candidates, reason, typicality };
}

function unknown(path: string, reason: string, detail: string): ExplainedResult {
  const nothing = { category: null, probability: null, best: null, candidates: [], typicality: null };
  return { path, ...nothing, reason, detail };
}

function lineFor(result: ExplainedResult): string {
  const percent = `${((result.probability ?? 0) * 100).toFixed(1)} %`;
  if (result.category !== null) return `${result.path}: ${result.category} (${percent})`;
  if (result.best !== null)
    return `${result.path}: unknown (${result.reason}; likeliest ${result.best}, ${percent})`;
  return `${result.path}: unknown (${result.reason}: ${result.detail})`;
}
