/**
 * Pictures that do to their decoder what the text says with which they start: true faults, not exceptions. Each
 * deed is a line of the file that FASHIOND_TEST_DIARY names.
 */
import { appendFileSync, readFileSync } from 'node:fs';

const DEEDS = {
  segfault: () => process.kill(process.pid, 'SIGSEGV'),
  abort: () => process.abort(),
  exit: () => process.exit(7),
  killed: () => process.kill(process.pid, 'SIGKILL'),
  hang: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
};

export function note(line) {
  appendFileSync(process.env.FASHIOND_TEST_DIARY, `${line}\n`);
}

/** Called with a picture before it is decoded. */
export function meet(path, where) {
  const start = readFileSync(path).subarray(0, 16).toString('latin1');
  const deed = Object.keys(DEEDS).find((name) => start.startsWith(name));
  if (deed === undefined) return;
  note(`${where} ${deed}`);
  DEEDS[deed]();
}
