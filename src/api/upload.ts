/**
 * Pictures that are uploaded: kept in memory until the answer. As files in a folder of their own they took a fourth of the
 * main thread's time for a request.
 *
 * Nothing of the name or the content type that the client gives is used: what a picture is, its first bytes show. So many
 * are in hand at once, and no more; what comes in a burst waits for its turn, with its body unread.
 */
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { Upload } from './endpoint.js';
import { Places } from './places.js';
import { HttpProblem } from './problem.js';

const MOST_FIELD_BYTES = 64 * 1024;
/** A wait that a person hardly notices; so many sockets with nothing read are little memory. */
const PATIENCE = { ms: 2000, most: 64 };
/** What a stream says whose sender went away. */
const CUT_OFF = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR']);

export class Uploads {
  readonly #maxBytes: number;
  readonly #places: Places;

  constructor(limits: { readonly maxBytes: number; readonly atOnce: number }) {
    this.#maxBytes = limits.maxBytes;
    this.#places = new Places(limits.atOnce, { code: 'too-many-uploads', what: 'pictures', retryAfter: 1 });
  }

  /** Throws 413 for what is too large and 429 where too many are in hand, and wait. */
  async receive<T>(request: FastifyRequest, work: (upload: Upload) => Promise<T> | T): Promise<T> {
    const giveBack = await this.#places.takeSoon(request.caller?.name ?? request.ip, PATIENCE);
    try {
      this.#checkLength(request);
      return await work(await (request.isMultipart() ? this.#form(request) : this.#bare(request)));
    } finally {
      giveBack();
    }
  }

  /** At most the largest picture and the markup of the form around it. */
  #checkLength({ headers }: FastifyRequest): void {
    if (Number(headers['content-length'] ?? 0) > this.#maxBytes + MOST_FIELD_BYTES) throw this.#tooLarge();
  }

  async #bare(request: FastifyRequest): Promise<Upload> {
    if (!(request.body instanceof Readable)) {
      throw new HttpProblem(415, 'usage', 'the body is neither a picture nor a form', {
        hint: 'Send the bytes as image/jpeg, image/png or image/webp, or a form as multipart/form-data.',
      });
    }
    return { picture: { bytes: await this.#read(request.body) }, fields: {} };
  }

  async #form(request: FastifyRequest): Promise<Upload> {
    const fields: Record<string, string> = {};
    let picture: Upload['picture'] = null;
    const limits = {
      // One byte more than is taken, so that a larger file is told from one that just fits.
      fileSize: this.#maxBytes + 1,
      files: 1,
      fields: 10,
      fieldSize: MOST_FIELD_BYTES,
      fieldNameSize: 100,
      parts: 11,
    };
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') {
        if (part.valueTruncated)
          throw new HttpProblem(413, 'too-large', `the field ${part.fieldname} is too long`);
        if (typeof part.value === 'string' && part.value !== '') fields[part.fieldname] = part.value;
        continue;
      }
      if (part.fieldname !== 'picture') {
        throw new HttpProblem(400, 'usage', `the file stands in the field ${part.fieldname}`, {
          hint: 'Send it as the field picture.',
        });
      }
      // A form of a browser in which no file was chosen has an empty one.
      const bytes = await this.#read(part.file);
      if (bytes.length > 0) picture = { bytes };
    }
    return { picture, fields };
  }

  async #read(source: Readable): Promise<Uint8Array> {
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > this.#maxBytes) throw this.#tooLarge();
        chunks.push(chunk);
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && CUT_OFF.has(String(error.code))) {
        throw new HttpProblem(400, 'aborted', 'the upload ended before its end');
      }
      throw error;
    }
    return Buffer.concat(chunks);
  }

  #tooLarge(): HttpProblem {
    const most = `${Math.floor((this.#maxBytes / 1024 / 1024) * 10) / 10} MiB`;
    return new HttpProblem(413, 'too-large', `the picture is larger than ${most}`, {
      hint: 'Send a smaller one.',
    });
  }
}
