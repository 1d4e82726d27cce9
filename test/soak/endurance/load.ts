/**
 * The users of an endurance run: they read, look for the same cheaper, and upload pictures, up to fifty requests a second,
 * so that most of the machine is left to the crawl.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../src/domain/errors.js';
import { Random } from '../../../src/platform/random.js';

interface Use {
  answered: number;
  /** Milliseconds, of every answer. */
  readonly times: number[];
  /** Answers that are neither what was asked for nor a refusal that is explained, by what they were. */
  readonly faults: Map<string, number>;
}

export interface Users {
  readonly uses: ReadonlyMap<string, Use>;
  /** Resolves when every request that was under way has been answered. */
  stop(): Promise<void>;
}

interface Ask {
  readonly name: string;
  readonly weight: number;
  readonly path: (random: Random) => string;
  readonly upload?: boolean;
  /** Besides 200. */
  readonly refusals?: readonly number[];
}

const USERS = 4;
const PAUSE_MS = 80;

const anItem =
  (items: number) =>
  (random: Random): number =>
    random.int(1, items);

const asksOf = (items: number): readonly Ask[] => {
  const item = anItem(items);
  return [
    { name: 'list', weight: 4, path: (random) => `/v1/items?limit=${random.int(10, 100)}&inStock=true` },
    { name: 'item', weight: 6, path: (random) => `/v1/items/${item(random)}` },
    { name: 'history', weight: 2, path: (random) => `/v1/items/${item(random)}/history` },
    {
      name: 'similar',
      weight: 2,
      path: (random) => `/v1/items/${item(random)}/similar`,
      // A photo that was taken anew is on its way.
      refusals: [409],
    },
    {
      name: 'cheaper',
      weight: 2,
      path: (random) => `/v1/items/${item(random)}/similar?cheaper=true`,
      // Cheaper stays in one category, and some are unknown.
      refusals: [400, 409],
    },
    { name: 'upload', weight: 2, path: () => '/v1/similar', upload: true },
    { name: 'page', weight: 2, path: (random) => `/items/${item(random)}` },
    { name: 'catalogue', weight: 1, path: () => '/' },
    { name: 'shops', weight: 1, path: () => '/v1/shops' },
    { name: 'metrics', weight: 1, path: () => '/metrics' },
  ];
};

/** `url`: of the API. `items`: so many have a number. `picture`: JPEG bytes to upload. */
export function startUsers(url: string, items: number, picture: Uint8Array, seed: number): Users {
  const asks = asksOf(items);
  const weights = Object.fromEntries(asks.map(({ name, weight }) => [name, weight]));
  const uses = new Map<string, Use>(
    asks.map(({ name }) => [name, { answered: 0, times: [], faults: new Map<string, number>() }]),
  );
  const stop = new AbortController();
  const user = async (number: number): Promise<void> => {
    const random = new Random(seed + number);
    while (!stop.signal.aborted) {
      const name = random.weighted(weights);
      const ask = asks.find((one) => one.name === name)!;
      const fault = await request(url, ask, random, picture, uses.get(name)!.times);
      const use = uses.get(name)!;
      use.answered += 1;
      if (fault !== null) use.faults.set(fault, (use.faults.get(fault) ?? 0) + 1);
      await sleep(PAUSE_MS);
    }
  };
  const all = Promise.all(Array.from({ length: USERS }, (_, number) => user(number)));
  return {
    uses,
    stop: async () => {
      stop.abort();
      await all;
    },
  };
}

/** What was wrong with the answer, or null. */
async function request(
  url: string,
  ask: Ask,
  random: Random,
  picture: Uint8Array,
  times: number[],
): Promise<string | null> {
  const startedAt = performance.now();
  try {
    const upload = { method: 'POST', headers: { 'content-type': 'image/jpeg' }, body: picture };
    const response = await fetch(url + ask.path(random), ask.upload === true ? upload : {});
    await response.arrayBuffer();
    times.push(performance.now() - startedAt);
    return response.status === 200 || ask.refusals?.includes(response.status) === true
      ? null
      : `${ask.name} was answered ${response.status}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
    return `${ask.name} failed: ${messageOf(error)}${cause}`;
  }
}
