import { expect, it } from 'vitest';
import { shared } from '../../../src/platform/shared-work.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('gives each what was begun after the question, and does one piece of work at a time', async () => {
  const begun: { readonly resolve: (value: number) => void; readonly reject: (error: Error) => void }[] = [];
  const ask = shared(() => new Promise<number>((resolve, reject) => begun.push({ resolve, reject })));
  const first = ask();
  const second = ask();
  const third = ask();
  await turn();
  expect(begun).toHaveLength(1);
  begun[0]!.resolve(1);
  expect(await first).toBe(1);
  await turn();
  // Both asked while the first was done, and share the next.
  expect(begun).toHaveLength(2);
  const fourth = ask();
  begun[1]!.reject(new Error('the disk is gone'));
  await expect(Promise.all([second, third])).rejects.toThrow('the disk is gone');
  await turn();
  expect(begun).toHaveLength(3);
  begun[2]!.resolve(3);
  expect(await fourth).toBe(3);
  // With nothing under way it begins at once.
  const fifth = ask();
  expect(begun).toHaveLength(4);
  begun[3]!.resolve(4);
  expect(await fifth).toBe(4);
});
