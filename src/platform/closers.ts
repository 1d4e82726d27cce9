/** What was opened, closed in reverse order; the first error is kept, the rest still close. */

export class Closers {
  readonly #closers: { readonly name: string; readonly close: () => void | Promise<void> }[] = [];

  add(name: string, close: () => void | Promise<void>): void {
    this.#closers.push({ name, close });
  }

  /** Safe to call twice: each closer runs once. */
  async close(): Promise<void> {
    let first: unknown;
    let failed = false;
    for (let next = this.#closers.pop(); next !== undefined; next = this.#closers.pop()) {
      try {
        await next.close();
      } catch (error) {
        if (!failed) first = error;
        failed = true;
      }
    }
    if (failed) throw first;
  }
}
