/** What a shop's server can do wrong on the wire, by name. Each goes on for ever unless the client ends it. */
import type { Socket } from 'node:net';
import * as zlib from 'node:zlib';
import { brotliBomb } from './brotli-bomb.js';
import type { Behaviour } from './raw-server.js';

const PAGE = '<html><body>a page</body></html>';
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n';

/** A whole, honest answer. */
export function answer(
  socket: Socket,
  body: string | Uint8Array,
  head: readonly string[] = [],
  status = '200 OK',
): void {
  const lines = [
    `HTTP/1.1 ${status}`,
    ...(head.some((line) => line.startsWith('Content-Type:')) ? [] : ['Content-Type: text/html']),
    ...head,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.write(body);
}

function redirect(socket: Socket, location: string | null, head: readonly string[] = []): void {
  answer(socket, '', [...(location === null ? [] : [`Location: ${location}`]), ...head], '302 Found');
}

/** Says `what` again and again, as fast as it is taken or every `ms` milliseconds. */
function forEver(socket: Socket, what: string, ms: number | null): void {
  if (ms !== null) {
    const timer = setInterval(() => socket.write(what), ms);
    socket.on('close', () => clearInterval(timer));
    return;
  }
  const more = (): void => {
    while (!socket.destroyed && socket.write(what));
  };
  socket.on('drain', more);
  more();
}

const bomb = (encoding: string, bytes: Uint8Array): Behaviour => {
  return (socket) => answer(socket, bytes, [`Content-Encoding: ${encoding}`]);
};
const ZEROS = Buffer.alloc(64 * 1024 * 1024);
const { zstdCompressSync } = zlib as { zstdCompressSync?: (data: Buffer) => Buffer };
/** The header of a zstd frame, for a runtime that can make none. */
const ZSTD = zstdCompressSync?.(ZEROS) ?? Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

export const WIRE_FAULTS = {
  'drops the connection': (socket) => socket.destroy(),
  'resets the connection': (socket) => socket.resetAndDestroy(),
  'hangs before the headers': () => undefined,
  'hangs after the headers': (socket) => socket.write(`${OK}Content-Length: 100\r\n\r\n`),
  'hangs in the body': (socket) => socket.write(`${OK}Content-Length: 100\r\n\r\n<html>`),
  'closes its half without an answer': (socket) => socket.end(),
  'closes its half in the body': (socket) => socket.end(`${OK}Content-Length: 100\r\n\r\n<html>`),
  'drips its headers': (socket) => {
    socket.write(OK);
    forEver(socket, 'X-Drip: drop\r\n', 50);
  },
  'drips its body': (socket) => {
    socket.write(`${OK}\r\n`);
    forEver(socket, 'x', 20);
  },
  'sends interim answers for ever': (socket) => forEver(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n', 20),
  'breaks a chunk': (socket) => socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\nx`),
  'ends inside a chunk': (socket) => socket.end(`${OK}Transfer-Encoding: chunked\r\n\r\nff\r\nhello`),
  'announces more than it sends': (socket) => socket.end(`${OK}Content-Length: 1000\r\n\r\n${PAGE}`),
  'announces less than it sends': (socket) => socket.write(`${OK}Content-Length: 5\r\n\r\n${PAGE}`),
  'announces two lengths': (socket) =>
    socket.write(`${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\n${PAGE}`),
  'announces a length beside chunks': (socket) =>
    socket.write(`${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`),
  'sends a gzip bomb': bomb('gzip', zlib.gzipSync(ZEROS)),
  'sends a deflate bomb': bomb('deflate', zlib.deflateSync(ZEROS)),
  'sends a raw deflate bomb': bomb('deflate', zlib.deflateRawSync(ZEROS)),
  'sends a br bomb': bomb('br', brotliBomb(ZEROS)),
  'sends a bomb in a bomb': bomb('gzip, gzip', zlib.gzipSync(zlib.gzipSync(ZEROS))),
  'sends a zstd bomb': bomb('zstd', ZSTD),
  'sends an endless body': (socket) => {
    socket.write(`${OK}\r\n`);
    forEver(socket, PAGE.repeat(500), null);
  },
  'lies about its encoding': (socket) => answer(socket, PAGE, ['Content-Encoding: gzip']),
  'sends huge headers': (socket) => answer(socket, PAGE, [`X-Huge: ${'x'.repeat(100_000)}`]),
  'sends headers for ever': (socket) => {
    socket.write(OK);
    forEver(socket, `X-More: ${'x'.repeat(1000)}\r\n`, null);
  },
  'speaks another protocol': (socket) => socket.write('220 smtp.shop.example ESMTP\r\n'),
  'redirects in a loop': (socket, { path }) => redirect(socket, path === '/a' ? '/b' : '/a'),
  'redirects for ever': (socket, { path }) => redirect(socket, `${path}x`),
  'redirects nowhere': (socket) => redirect(socket, null),
  'redirects to another scheme': (socket) => redirect(socket, 'file:///etc/passwd'),
  'redirects to a private address': (socket) => redirect(socket, 'http://169.254.169.254/latest/meta-data/'),
  'redirects to a hidden private address': (socket) => redirect(socket, 'http://[64:ff9b::a00:1]/'),
  'redirects to another shop': (socket) => redirect(socket, 'https://elsewhere.example/'),
  'insists on a cookie': (socket, { path, head }) =>
    head.includes('\r\ncookie:') ? answer(socket, PAGE) : redirect(socket, path, ['Set-Cookie: seen=1']),
  'asks for patience in seconds': (socket) => answer(socket, '', ['Retry-After: 120'], '429 Too Many'),
  'asks for patience until a date': (socket) =>
    answer(socket, '', [`Retry-After: ${new Date(Date.now() + 120_000).toUTCString()}`], '429 Too Many'),
  'is unavailable': (socket) => answer(socket, PAGE, [], '503 Service Unavailable'),
  'fails inside': (socket) => answer(socket, PAGE, [], '500 Internal Server Error'),
  'says 304 without being asked': (socket) => answer(socket, '', [], '304 Not Modified'),
  'speaks HTTP/1.0': (socket) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${PAGE}`),
  'lies about its charset': (socket) =>
    answer(socket, Buffer.from([0x3c, 0x70, 0x3e, 0xa5, 0xcb, 0xa5, 0xc3, 0xa5, 0xc8]), [
      'Content-Type: text/html; charset=utf-8',
    ]),
  'links without end': (socket, { path }) =>
    answer(socket, `<a href="${path}/1">1</a><a href="${path}?p=${path.length}">2</a>`),
} as const satisfies Readonly<Record<string, Behaviour>>;

export type WireFault = keyof typeof WIRE_FAULTS;
