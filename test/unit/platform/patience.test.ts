import { expect, it } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import { patiently } from '../../../src/platform/patience.js';
import { silent } from '../store/builders.js';

const full = new FashiondError('refused', 'no room left', { retry: true });

function bench() {
  const warnings: string[] = [];
  const slept: number[] = [];
  const clock = { now: () => 0, monotonic: () => 0, sleep: async (ms: number) => void slept.push(ms) };
  return {
    parts: { clock, log: { ...silent, warn: (event: string) => void warnings.push(event) } },
    warnings,
    slept,
  };
}

it('writes once there is room, and says once that it waits', async () => {
  const { parts, warnings, slept } = bench();
  let tries = 0;
  const write = (): string => {
    tries += 1;
    if (tries < 4) throw full;
    return 'written';
  };
  expect(await patiently(parts, new AbortController().signal, write)).toBe('written');
  expect(slept).toHaveLength(3);
  expect(warnings).toEqual(['store.write_waits']);
});

it('waits for nothing that does not mend itself, and not beyond the end', async () => {
  const { parts } = bench();
  const never = new AbortController().signal;
  const broken = async (): Promise<never> => Promise.reject(new FashiondError('corrupt', 'damaged'));
  await expect(patiently(parts, never, broken)).rejects.toThrow('damaged');
  await expect(patiently(parts, AbortSignal.abort(), () => Promise.reject(full))).rejects.toThrow('no room');
});
