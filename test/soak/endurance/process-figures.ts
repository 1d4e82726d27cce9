/** What a process takes, as the kernel counts it in /proc. */
import { readdirSync, readFileSync } from 'node:fs';
import { FashiondError } from '../../../src/domain/errors.js';

export interface ProcessFigures {
  /** Resident memory in MB (1,000,000 bytes), shared pages included. */
  readonly memory: number;
  /** Open file descriptors. */
  readonly descriptors: number;
  readonly threads: number;
}

/** Throws FashiondError `not-found` where there is no such process, or no /proc. */
export function processFigures(pid: number): ProcessFigures {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return {
      memory: (Number(kilobytes) * 1024) / 1e6,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      threads: readdirSync(`/proc/${pid}/task`).length,
    };
  } catch (cause) {
    throw new FashiondError('not-found', `process ${pid} is not in /proc`, {
      cause,
      hint: 'it has ended, or this is no Linux',
    });
  }
}
