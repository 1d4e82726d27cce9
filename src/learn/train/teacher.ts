/** An earlier network that answers beside the one that is trained, on the same pictures. */
import type { Distillation } from '../graph/distillation-loss.js';
import { floats, openSession, Tensor } from '../runtime.js';

export interface TeacherSetup {
  /** Serving graph whose `logits` are divided by nothing. */
  readonly network: Uint8Array;
  /** Of the model, for checkpoints. */
  readonly fingerprint: string;
  /** Its outputs that count, in the order of the first outputs of the network that is trained. */
  readonly columns: readonly number[];
  /** Of the distillation beside the loss by labels. */
  readonly weight: number;
  readonly temperature: number;
}

export interface Teacher {
  /** uint8 [count, size, size, 3] -> [count, columns]: softened probabilities times the weight. */
  soften(pixels: Uint8Array, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}

export function distillationOf(setup: TeacherSetup | null): Distillation | null {
  if (setup === null) return null;
  return { classes: setup.columns.length, temperature: setup.temperature };
}

/** On the CPU, on the thread that asks. */
export async function openTeacher(setup: TeacherSetup, size: number): Promise<Teacher> {
  const session = await openSession(setup.network, 1);
  return {
    async soften(pixels, count) {
      const feeds = { pixels: new Tensor('uint8', pixels, [count, size, size, 3]) };
      return softened(floats(await session.run(feeds, ['logits']), 'logits'), count, setup);
    },
    close: () => session.release(),
  };
}

/** weight x softmax(logits[columns] / temperature), row by row. */
export function softened(
  logits: Float32Array,
  rows: number,
  { columns, weight, temperature }: Pick<TeacherSetup, 'columns' | 'weight' | 'temperature'>,
): Float32Array {
  const width = logits.length / rows;
  const answers = new Float32Array(rows * columns.length);
  for (let row = 0; row < rows; row += 1) {
    const scaled = columns.map((column) => (logits[row * width + column] ?? 0) / temperature);
    const largest = Math.max(...scaled);
    const powers = scaled.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((total, power) => total + power, 0);
    answers.set(
      powers.map((power) => (weight * power) / sum),
      row * columns.length,
    );
  }
  return answers;
}
