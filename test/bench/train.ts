/**
 * Training on the reference network: the trainer's steps (augmentation, shards, derivatives, Adam) beside ONNX
 * Runtime on the bare training graph, and beside PyTorch and TensorFlow where they are installed.
 */
import { referenceNetwork } from '../../src/learn/networks/category.js';
import { buildTrainingGraph } from '../../src/learn/networks/training-graph.js';
import { TRAIN_DEFAULTS } from '../../src/learn/train/options.js';
import { initialState } from '../../src/learn/train/state.js';
import { Stepper } from '../../src/learn/train/steps.js';
import type { TrainingData } from '../../src/learn/train/steps.js';
import { train } from '../../src/learn/train/trainer.js';
import { ONNX_ON_CPU } from '../../src/model/runtime.js';
import { systemClock } from '../../src/platform/clock.js';
import { missingText, peerBar } from './peers.js';
import type { Peer } from './peers.js';
import { barText, machineText, measureByTurns, median, printTable } from './rounds.js';
import type { BenchBar, Contender, Samples } from './rounds.js';
import { trainingData } from './training-data.js';
import { pyTorch, rawGraph, tensorFlow } from './training-peers.js';

const ROUNDS = 7;
const ROUND_MS = 6000;
const WORKERS = 2;
const PER_CLASS = 40;
const RATE_BAR = 170;
/** Augmentation, sums of the shards' derivatives and Adam are the rest. */
const LEAST_OF_GRAPH = 0.8;
/** None of them augments. */
const LEAST_OF_PEER = 1;
const options = { ...TRAIN_DEFAULTS, workers: WORKERS };

export async function benchTrain(rounds = ROUNDS): Promise<readonly BenchBar[]> {
  const spec = referenceNetwork();
  const { data, decoded } = await trainingData(spec.size, spec.classes, PER_CLASS);
  await showEpochs(data, decoded);
  const own = trainerContender(data);
  const raw = await rawGraph(WORKERS, options.batch);
  const peers = [await pyTorch(WORKERS, options.batch), await tensorFlow(options.batch)];
  const present = peers.flatMap((peer) => (peer.kind === 'present' ? [peer.measured] : []));
  const samples = await measureByTurns([own, raw, ...present], rounds, ROUND_MS);
  return report(own, raw, samples, peers, rounds);
}

/** Two epochs on pictures whose files were deleted: whatever they need of them is in the data set. */
async function showEpochs(data: TrainingData, decoded: number): Promise<void> {
  const { history } = await train(
    referenceNetwork(),
    data,
    { ...options, epochs: 2 },
    {
      checkpointPath: null,
      resume: false,
      signal: new AbortController().signal,
      clock: systemClock,
    },
  );
  const rates = history.map(({ epoch, picturesPerSecond }) => `${epoch}: ${picturesPerSecond.toFixed(0)}`);
  console.log(
    `${decoded} pictures decoded by the import, whose files were then deleted; epochs trained without them, ` +
      `pictures/s: ${rates.join(', ')}`,
  );
}

function trainerContender(data: TrainingData): Contender {
  const spec = referenceNetwork();
  const state = initialState(buildTrainingGraph(spec, options.batch / WORKERS), 1);
  const stepper = new Stepper(spec, data, options, state, ONNX_ON_CPU, null);
  let step = 0;
  return {
    name: `fashiond, ${WORKERS} workers`,
    async run(durationMs) {
      let pictures = 0;
      for (const end = performance.now() + durationMs; performance.now() < end; pictures += options.batch) {
        const shown = Array.from(
          { length: options.batch },
          (_, at) => data.train[(step * options.batch + at) % data.train.length]!,
        );
        await stepper.step(shown, [1, 1, step], options.learningRate);
        step += 1;
      }
      return { pictures };
    },
    close: () => stepper.close(),
  };
}

function report(
  own: Contender,
  raw: Contender,
  samples: Samples,
  peers: readonly Peer<Contender>[],
  rounds: number,
): readonly BenchBar[] {
  const rates = (contender: Contender) => samples.get(contender)!.map(({ rate }) => rate);
  const cpu = (contender: Contender) => samples.get(contender)!.map(({ cpuMs }) => cpuMs);
  const within = (one: readonly number[], other: readonly number[]) =>
    median(one.map((value, round) => value / other[round]!));
  console.log(
    `Reference network, pictures of 64 x 64, batches of ${options.batch}; medians of ${rounds} alternating rounds of ` +
      `${ROUND_MS / 1000} s; ${machineText()}`,
  );
  printTable(samples, {
    head: 'of the graph alone',
    of: (contender) => within(rates(contender), rates(raw)).toFixed(3),
  });
  for (const peer of peers) if (peer.kind !== 'present') console.log(`${peer.name}: ${missingText(peer)}`);
  const bars: BenchBar[] = [
    { what: 'pictures/s trained', measured: median(rates(own)), required: RATE_BAR },
    {
      what: 'share of the CPU time that the graph alone takes',
      measured: within(cpu(raw), cpu(own)),
      required: LEAST_OF_GRAPH,
    },
    ...peers.map((peer) =>
      peerBar(peer, { what: `pictures/s, of ${peer.name}`, required: LEAST_OF_PEER }, (other) =>
        within(rates(own), rates(other)),
      ),
    ),
  ];
  for (const bar of bars) console.log(barText(bar));
  return bars;
}
