import { describe, expect, it } from 'vitest';
import { Places } from '../../../src/api/places.js';

const REFUSAL = { code: 'too-many-uploads', what: 'pictures', retryAfter: 1 } as const;
const [ANN, BEN] = ['ann', 'ben'];
const patience = { ms: 10_000, most: 2 };
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('places', () => {
  it('are waited for in the order of coming, by so many and no more', async () => {
    const places = new Places(1, REFUSAL);
    const first = places.take(ANN);
    const came: string[] = [];
    const wait = async (name: string) => {
      const giveBack = await places.takeSoon(ANN, patience);
      came.push(name);
      return giveBack;
    };
    const [second, third] = [wait('second'), wait('third')];
    await expect(places.takeSoon(ANN, patience)).rejects.toMatchObject({ status: 429, retryAfter: 1 });
    expect(() => places.take(ANN)).toThrow('1 pictures are in hand');
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
    places.take(ANN)();
    (await places.takeSoon(ANN, patience))();
  });

  it('are not all for one caller, who may wait while another comes in', async () => {
    const places = new Places(3, REFUSAL);
    const [first] = [places.take(ANN), places.take(ANN)];
    expect(() => places.take(ANN)).toThrow('in hand');
    const waiting = places.takeSoon(ANN, patience);
    const other = places.take(BEN);
    expect(() => places.take(BEN)).toThrow('in hand');
    // The place of another is not for who has its share.
    other();
    places.take(BEN);
    first?.();
    await waiting;
    expect(() => places.take(ANN)).toThrow('in hand');
  });

  it('are waited for so long and no longer', async () => {
    const places = new Places(1, REFUSAL);
    const giveBack = places.take(ANN);
    await expect(places.takeSoon(ANN, { ms: 5, most: 1 })).rejects.toMatchObject({ status: 429 });
    giveBack();
    // Who went away takes no place.
    places.take(ANN);
  });
});
