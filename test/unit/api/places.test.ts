import { describe, expect, it } from 'vitest';
import { Places } from '../../../src/api/places.js';

const REFUSAL = { code: 'too-many', what: 'pictures', retryAfter: 1 };
const patience = { ms: 10_000, most: 2 };
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('places', () => {
  it('are waited for in the order of coming, by so many and no more', async () => {
    const places = new Places(1, REFUSAL);
    const first = places.take();
    const came: string[] = [];
    const wait = async (name: string) => {
      const giveBack = await places.takeSoon(patience);
      came.push(name);
      return giveBack;
    };
    const [second, third] = [wait('second'), wait('third')];
    await expect(places.takeSoon(patience)).rejects.toMatchObject({ status: 429, retryAfter: 1 });
    expect(() => places.take()).toThrow('1 pictures are in hand');
    await nextTurn();
    expect(came).toEqual([]);
    first();
    // Once only, however often.
    first();
    await nextTurn();
    expect(came).toEqual(['second']);
    (await second)();
    (await third)();
    expect(came).toEqual(['second', 'third']);
    places.take()();
    (await places.takeSoon(patience))();
  });

  it('are waited for so long and no longer', async () => {
    const places = new Places(1, REFUSAL);
    const giveBack = places.take();
    await expect(places.takeSoon({ ms: 5, most: 1 })).rejects.toMatchObject({ status: 429 });
    giveBack();
    // Who went away takes no place.
    places.take();
  });
});
