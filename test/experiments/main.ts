/** `npm run experiment -- NAME`: trains on the project's own terms and says whether what it promises was kept. */
import '../../src/platform/no-telemetry.js';
import { CommanderError } from 'commander';
import type { CliContext } from '../../src/cli/context.js';
import { FashiondError, messageOf } from '../../src/domain/errors.js';
import { categoryModelExperiment } from './category-model.js';
import { hatExperiment } from './hat.js';
import { knitExperiment } from './knit.js';
import { leftOutDomainExperiment } from './left-out-domain.js';
import { lookalikeModelExperiment } from './lookalike-model.js';
import { lookalikeTruthsExperiment } from './lookalike-truths.js';
import { newClassExperiment } from './new-class.js';
import { photosExperiment } from './photos-figures.js';
import { screenshotsExperiment } from './screenshots.js';
import { textAndPictureExperiment } from './text-and-picture.js';

/** Throws FashiondError when a promise was not kept. */
type Experiment = (args: readonly string[], context: CliContext) => Promise<void>;

const EXPERIMENTS: Readonly<Record<string, Experiment>> = {
  knit: knitExperiment,
  hat: hatExperiment,
  'left-out-domain': leftOutDomainExperiment,
  'lookalike-model': lookalikeModelExperiment,
  'lookalike-truths': lookalikeTruthsExperiment,
  'new-class': newClassExperiment,
  photos: photosExperiment,
  'category-model': categoryModelExperiment,
  'text-and-picture': textAndPictureExperiment,
  screenshots: screenshotsExperiment,
};

const [name = '', ...args] = process.argv.slice(2);
const experiment = EXPERIMENTS[name];
if (experiment === undefined) {
  console.error(`expected the name of an experiment (${Object.keys(EXPERIMENTS).join(', ')}), such as`);
  console.error('  npm run experiment -- knit --short');
  process.exitCode = 2;
} else {
  await run(experiment);
}

async function run(experiment: Experiment): Promise<void> {
  const stop = new AbortController();
  const onSignal = (): void => {
    // The second signal does not wait for anything.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    await experiment(args, {
      print: (line) => console.log(line),
      note: (line) => console.error(line),
      interactive: process.stderr.isTTY,
      signal: stop.signal,
    });
  } catch (error) {
    process.exitCode = report(error);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Says what was thrown and returns the exit code. */
function report(error: unknown): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  console.error(messageOf(error));
  if (!(error instanceof FashiondError)) {
    if (error instanceof Error && error.stack !== undefined) console.error(error.stack);
    return 1;
  }
  if (error.hint !== null) console.error(`  ${error.hint}`);
  return error.code === 'usage' ? 2 : 1;
}
