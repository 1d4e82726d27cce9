/** How the daemon follows a registry that another process changes. */
import { describe, expect, it } from 'vitest';
import type { ModelFingerprint } from '../../src/domain/ids.js';
import { ModelSuccession } from '../../src/model-succession.js';
import { silent } from './store/builders.js';

/** Model `a` serves, nothing else can; the registry names `b` and cannot be written to a number of times. */
async function follow(failures: number, rounds: number) {
  const told: unknown[] = [];
  const logged: string[] = [];
  let current = 'b';
  let replaced = 0;
  let left = failures;
  let round = 0;
  const stop = new AbortController();
  const succession = new ModelSuccession({
    store: {
      renewals: { state: () => null },
      models: {
        current: () => ({ fingerprint: current as ModelFingerprint, path: `/${current}` }),
        fallBack: (step: { readonly to: string }) => {
          if (left-- > 0) throw new Error('database or disk is full');
          told.push(step);
          current = step.to;
        },
      },
    },
    models: {
      serving: { fingerprint: 'a' },
      swap: null,
      replace: async () => {
        replaced += 1;
        throw new Error('no such folder');
      },
    },
    clock: {
      sleep: async () => {
        round += 1;
        if (round > rounds) stop.abort();
      },
    },
    room: async () => undefined,
    log: { ...silent, error: (event: string) => void logged.push(event) },
  } as never);
  await succession.run(1, stop.signal);
  return { told, logged, replaced };
}

describe('the registry, changed by another process', () => {
  it('is told once which model serves where its own cannot, even over a full disk', async () => {
    expect(await follow(2, 9)).toEqual({
      told: [{ from: 'b', to: 'a', by: 'daemon', note: 'no such folder' }],
      logged: ['model.registry_not_followed', 'model.registry_not_followed', 'model.fell_back'],
      replaced: 1,
    });
  });
});
