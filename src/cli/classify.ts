/**
 * `fashiond classify PICTURE...`: category with probability, or unknown with the reason, for picture files; with --title
 * for the item that the words and pictures are of.
 */
import { stat } from 'node:fs/promises';
import { openClassifier } from '../classifiers.js';
import type { LoadedConfig } from '../config/load.js';
import { configSchema } from '../config/schema.js';
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import type { PictureClassifier } from '../domain/ports.js';
import type { Prediction, PredictionOutcome } from '../domain/prediction.js';
import type { DecisionRule } from '../domain/rejection.js';
import { chooseRule } from '../infer/decision-rule.js';
import { createLog } from '../platform/log.js';
import type { CliContext } from './context.js';
import { evidenceLine } from './evidence-line.js';
import { openWords } from '../words.js';
import { withServedModel } from './served-config.js';
import { shippedCategories } from './shipped-categories.js';

export interface ClassifyFlags {
  readonly json?: boolean;
  readonly model?: string;
  readonly title?: string;
  readonly description?: string;
  readonly breadcrumbs?: string;
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

/** `given`: null without --config. Throws FashiondError `not-found` for files that could not be read, after the rest. */
export async function classify(
  paths: readonly string[],
  flags: ClassifyFlags,
  given: LoadedConfig | null,
  context: CliContext,
): Promise<void> {
  const config = given === null ? configSchema.parse({}) : await withServedModel(given.config);
  const model = { ...config.model, path: flags.model ?? config.model.path };
  const log = createLog({ level: 'silent', format: 'json' });
  const classifier = await openClassifier({ ...config, model }, log);
  try {
    const seen = await Promise.all(paths.map((path) => classifyFile(classifier, path)));
    const results = seen.map(({ result }) => result);
    const pictures = seen.flatMap(({ prediction }) => (prediction === null ? [] : [prediction]));
    const item = await decideFromWords({ ...config, model }, classifier, pictures, flags);
    const decided = limitsOf(chooseRule(classifier.manifest, model), classifier.manifest.labels);
    if (flags.json === true)
      context.print(
        JSON.stringify(
          { decided, results: results.map(withoutDetail), ...(item === null ? {} : { item }) },
          null,
          2,
        ),
      );
    else {
      for (const result of results) context.print(lineFor(result));
      if (item !== null) for (const line of itemLines(flags.title ?? '', item)) context.print(line);
    }
    const unread = results.filter(({ reason }) => reason === 'not-found' || reason === 'failed').length;
    if (unread > 0) {
      throw new FashiondError('not-found', `${unread} of ${paths.length} pictures could not be read`, {
        hint: 'Check the paths marked not-found or failed above.',
      });
    }
  } finally {
    await classifier.close();
  }
}

/** The limits that decided, in the JSON output. */
function limitsOf({ kind, thresholds, floor }: DecisionRule, labels: readonly string[]): unknown {
  return {
    by: kind,
    thresholds: Object.fromEntries(labels.map((label, at) => [label, thresholds[at] ?? null])),
    leastTypicality: floor,
  };
}

/** Null without --title. */
async function decideFromWords(
  config: Config,
  classifier: PictureClassifier,
  pictures: readonly Prediction[],
  { title, description, breadcrumbs }: ClassifyFlags,
): Promise<Prediction | null> {
  if (title === undefined) return null;
  const log = createLog({ level: 'warn', format: 'json' });
  const { texts, deciderFor } = await openWords(config, await shippedCategories(), log);
  try {
    const crumbs = (breadcrumbs ?? '').split('>').map((crumb) => crumb.trim());
    const [read = null] = await texts.classify([
      {
        title,
        description: description ?? null,
        brand: null,
        breadcrumbs: crumbs.filter((crumb) => crumb !== ''),
      },
    ]);
    return deciderFor(classifier.manifest).decide(pictures, read);
  } finally {
    await texts.close();
  }
}

function itemLines(title: string, { category, best, probability, reason, evidence }: Prediction): string[] {
  const percent = `${(probability * 100).toFixed(1)} %`;
  const what =
    category === null ? `unknown (${reason}; likeliest ${best}, ${percent})` : `${category} (${percent})`;
  return [`${title}: ${what}`, ...(evidence === undefined ? [] : [`  ${evidenceLine(evidence)}`])];
}

async function classifyFile(
  classifier: PictureClassifier,
  path: string,
): Promise<{ readonly result: ExplainedResult; readonly prediction: Prediction | null }> {
  const found = await stat(path).catch(() => null);
  const nothing = (detail: string) => ({ result: unknown(path, 'not-found', detail), prediction: null });
  if (found === null) return nothing('no such file, or it may not be read');
  if (found.isDirectory()) return nothing('a folder; name the pictures in it');
  const outcome = await classifier.predict({ path });
  return {
    result: resultOf(path, outcome),
    prediction: outcome.kind === 'classified' ? outcome.prediction : null,
  };
}

function resultOf(path: string, outcome: PredictionOutcome): ExplainedResult {
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
