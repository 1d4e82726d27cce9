/**
 * Composition root of an inference thread: joins picture decoding with the network.
 *
 * Piscina calls the exported functions by name (see infer/tasks.ts).
 */
import { workerData } from 'node:worker_threads';
import sharp from 'sharp';
import * as images from './images/prepare.js';
import type { ThreadData } from './infer/tasks.js';
import { createInferenceThread } from './infer/thread.js';

// The threads of the pool are the parallelism, and no picture is opened twice.
sharp.concurrency(1);
sharp.cache(false);

const thread = createInferenceThread({ data: workerData as ThreadData, ...images });

export const { load, prepare, preparePixels, forward, release } = thread;
