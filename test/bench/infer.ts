/**
 * The inference pool beside ONNX Runtime alone, on the reference network, from pixels to predictions.
 *
 * All contenders run in the same process by turns, so that what else the machine does hits them alike; the
 * ratio is taken within a round, and medians over the rounds are printed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixedRule } from '../../src/domain/rejection.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { createPictureClassifier } from '../../src/infer/picture-classifier.js';
import { createLog } from '../../src/platform/log.js';
import { writeModel } from '../support/model-writer.js';
import { quantizedReference } from './quantized-reference.js';
import {
  REFERENCE_BITS,
  REFERENCE_FEATURES,
  REFERENCE_LABELS,
  REFERENCE_SIZE,
  noise,
  referenceFlop,
  referenceNetwork,
} from './reference-network.js';
import type { RawData } from './raw-ort-worker.js';
import { machineText, measureByTurns, median, printTable, verdict } from './rounds.js';
import type { BenchBar, Contender, Samples } from './rounds.js';
import { workerContender } from './worker-contender.js';

const ROUNDS = 7;
const ROUND_MS = 2500;
const BATCH = 32;
const RATIO_BAR = 0.9;
const RATE_BAR = 1000;

export async function benchInfer(rounds = ROUNDS): Promise<readonly BenchBar[]> {
  const cores = availableParallelism();
  const network = referenceNetwork();
  const pool = await poolContender(network, cores);
  const raw = [
    await rawContender(`${cores} sessions, 1 thread each`, network, cores, 1),
    await rawContender(`1 session, ${cores} threads`, network, 1, cores),
  ];
  const int8 = await rawContender(
    `int8, ${cores} sessions, 1 thread each`,
    await quantizedReference(),
    cores,
    1,
  );
  const samples = await measureByTurns([pool, ...raw, int8], rounds, ROUND_MS);
  return report(pool, raw, samples, rounds);
}

async function poolContender(network: Uint8Array, threads: number): Promise<Contender> {
  const temporary = await mkdtemp(join(tmpdir(), 'fashiond-bench-'));
  const folder = await writeModel(temporary, {
    name: 'reference',
    network,
    size: REFERENCE_SIZE,
    labels: Array.from({ length: REFERENCE_LABELS }, (_, label) => `label${label}`),
    latentBits: REFERENCE_BITS,
    featureLength: REFERENCE_FEATURES,
  });
  const model = await loadModelFolder(folder);
  const classifier = await createPictureClassifier({
    model,
    lookLayout: { version: 'none', colour: [0, 0], shape: [0, 0], pattern: [0, 0] },
    threads,
    batch: BATCH,
    batchWaitMs: 4,
    maxPixels: 1,
    rule: fixedRule(model.manifest.labels, 0.9),
    worker: fileURLToPath(new URL('../../src/inference-worker.js', import.meta.url)),
    log: createLog({ level: 'warn', format: 'auto', destination: process.stderr }),
  });
  const random = noise(2);
  const pictures = Array.from({ length: 64 }, () =>
    Uint8Array.from({ length: REFERENCE_SIZE ** 2 * 3 }, () => (random() + 1) * 127.5),
  );
  return {
    name: `pool, ${threads} threads`,
    async run(durationMs) {
      let done = 0;
      const end = performance.now() + durationMs;
      const feed = async (picture: Uint8Array) => {
        while (performance.now() < end) {
          const outcome = await classifier.classifyPixels(picture);
          if (outcome.kind === 'failed') throw new Error(outcome.detail);
          done += 1;
        }
      };
      const askers = Array.from({ length: threads * BATCH * 4 }, (_, at) => feed(pictures[at % 64]!));
      await Promise.all(askers);
      return { pictures: done };
    },
    async close() {
      await classifier.close();
      await rm(temporary, { recursive: true });
    },
  };
}

async function rawContender(
  name: string,
  network: Uint8Array,
  workers: number,
  intraOpThreads: number,
): Promise<Contender> {
  const data: RawData = { network, batch: BATCH, size: REFERENCE_SIZE, intraOpThreads };
  return workerContender(`onnxruntime-node, ${name}`, 'raw-ort-worker.js', workers, data);
}

function report(
  pool: Contender,
  raw: readonly Contender[],
  samples: Samples,
  rounds: number,
): readonly BenchBar[] {
  const rates = (contender: Contender) => samples.get(contender)!.map(({ rate }) => rate);
  const best = rates(pool).map((_, round) => Math.max(...raw.map((contender) => rates(contender)[round]!)));
  const ratios = (contender: Contender) => rates(contender).map((rate, round) => rate / best[round]!);
  console.log(
    `Reference network: ${(referenceFlop() / 1e6).toFixed(0)} MFLOP a picture of ${REFERENCE_SIZE} x ` +
      `${REFERENCE_SIZE}, batches of ${BATCH}; medians of ${rounds} alternating rounds of ${ROUND_MS / 1000} s; ` +
      machineText(),
  );
  printTable(samples, {
    head: 'of the best raw',
    of: (contender) => median(ratios(contender)).toFixed(3),
  });
  const [ratio, rate] = [median(ratios(pool)), median(rates(pool))];
  const cpu = (contender: Contender) => samples.get(contender)!.map(({ cpuMs }) => cpuMs);
  const leastCpu = cpu(pool).map((_, round) => Math.min(...raw.map((contender) => cpu(contender)[round]!)));
  const cpuRatio = median(leastCpu.map((least, round) => least / cpu(pool)[round]!));
  const bars = {
    ratio: { what: 'pictures/s, of the best raw ONNX Runtime', measured: ratio, required: RATIO_BAR },
    rate: { what: 'pictures/s through the pool', measured: rate, required: RATE_BAR },
  };
  console.log(
    `${verdict(bars.ratio)} ratio ${ratio.toFixed(3)} (bar ${RATIO_BAR} on two idle cores); by CPU time ` +
      `${cpuRatio.toFixed(3)}, whatever else runs`,
  );
  console.log(`${verdict(bars.rate)} ${rate.toFixed(0)} pictures/s (bar ${RATE_BAR} on two idle cores)`);
  return [bars.ratio, bars.rate];
}
