/** What browsers send to the pages. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { checked, fromStrings } from '../endpoint.js';

/** A path of this server, whatever a link says: `//evil.example` and `/\evil.example` are other hosts to a browser. */
export function inside(to: string): string {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(to) ? to : '/';
}

/** Fields of a form that were left empty are not asked for. */
export function filled(query: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== ''),
  );
}

const itemParams = z.object({ id: z.int().min(1) });

/** The number of the item in the path; throws 400 for what is none. */
export function itemOf({ params }: FastifyRequest): number {
  return checked(itemParams, fromStrings(itemParams, params as Record<string, unknown>), 'path').id;
}
