import { describe, expect, it } from 'vitest';
import { BodyRoom } from '../../../src/platform/body-room.js';

const never = new AbortController().signal;

/** What becomes of a wait, asked after everything that can go on has gone on. */
async function stateOf(wait: Promise<void>): Promise<string> {
  const turn = new Promise<string>((resolve) => setImmediate(() => resolve('waits')));
  return Promise.race([wait.then(() => 'entered'), turn]);
}

/** Holds a body until it is told to let go. */
function held(room: BodyRoom, bytes: number): () => Promise<void> {
  let letGo: () => void = () => undefined;
  const until = new Promise<void>((resolve) => (letGo = resolve));
  const holding = room.holding(bytes, () => until);
  return async () => {
    letGo();
    await holding;
  };
}

describe('BodyRoom', () => {
  it('lets nobody in while as many bytes wait as it may hold', async () => {
    const room = new BodyRoom(100);
    const first = held(room, 60);
    expect(await stateOf(room.entrance(never))).toBe('entered');
    const second = held(room, 60);
    const waits = [room.entrance(never), room.entrance(never)];
    expect(await Promise.all(waits.map(stateOf))).toEqual(['waits', 'waits']);
    await first();
    expect(await Promise.all(waits.map(stateOf))).toEqual(['entered', 'entered']);
    await second();
    expect(room.held).toBe(0);
  });

  it('gives the room back where the work on a body fails', async () => {
    const room = new BodyRoom(10);
    await expect(room.holding(10, () => Promise.reject(new Error('unreadable')))).rejects.toThrow(
      'unreadable',
    );
    expect(await stateOf(room.entrance(never))).toBe('entered');
  });

  it('lets a caller go who no longer wants to wait, and keeps the place of the next', async () => {
    const room = new BodyRoom(10);
    const holding = held(room, 10);
    const stop = new AbortController();
    const gone = room.entrance(stop.signal);
    const next = room.entrance(never);
    stop.abort(new Error('stopped'));
    await expect(gone).rejects.toThrow('stopped');
    await holding();
    expect(await stateOf(next)).toBe('entered');
  });
});
