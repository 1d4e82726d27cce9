/** A shop read as a browser would: pages as text, and where their links lead. */
import { get } from 'node:http';
import { expect } from 'vitest';

export const eucJp = new TextDecoder('euc-jp', { fatal: true });
export async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  expect([url, response.status]).toEqual([url, 200]);
  const bytes = await response.arrayBuffer();
  const isEucJp = /charset=EUC-JP/.test(response.headers.get('content-type') ?? '');
  return isEucJp ? eucJp.decode(bytes) : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/** As hex; fetch would try connections that an earlier server on the same port has closed. */
export function bytesOverNewConnection(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString('hex')));
    });
    request.on('error', reject);
  });
}

/** Targets of anchors and pictures, entities resolved, on the page's own origin. */
export function targetsIn(html: string, attribute: 'href' | 'src'): string[] {
  const tag = attribute === 'href' ? 'a' : 'img';
  const pattern = new RegExp(`<${tag}\\b[^>]*?\\b${attribute}="(/[^"#]*)"`, 'gi');
  return [...html.matchAll(pattern)].map((match) => match[1]!.replaceAll('&amp;', '&'));
}

/** Follows every link from the start page. */
export async function walk(origin: string): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  const queue = ['/'];
  for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
    if (pages.has(target)) continue;
    const html = await textOf(origin + target);
    pages.set(target, html);
    queue.push(...targetsIn(html, 'href'));
  }
  return pages;
}
