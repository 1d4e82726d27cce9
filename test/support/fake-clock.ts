import type { Clock } from '../../src/domain/ports.js';

/** A clock that moves only when told to, or when somebody sleeps. Wall time may be stepped either way. */
export class FakeClock implements Clock {
  #wall: number;
  #elapsed = 0;
  readonly slept: number[] = [];

  constructor(startAt = Date.UTC(2026, 0, 1)) {
    this.#wall = startAt;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** Advances wall and monotonic time. */
  advance(ms: number): void {
    this.#wall += ms;
    this.#elapsed += ms;
  }

  /** Steps the wall clock alone, as an operator or NTP would. */
  step(ms: number): void {
    this.#wall += ms;
  }

  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.advance(ms);
    await Promise.resolve();
  }
}
