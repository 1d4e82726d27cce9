import { connect } from 'node:net';

/**
 * The answer of a server at `url` to a request written by hand: fetch() lets nobody choose some headers, nor stop half-way.
 * `line`: method and path. Host and connection are those of an honest client unless given.
 */
export async function rawAnswer(
  url: string,
  line: string,
  headers: Readonly<Record<string, string | number>>,
  ...body: readonly (string | Uint8Array)[]
): Promise<string> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  const given = { host: `127.0.0.1:${port}`, connection: 'close', ...headers };
  const lines = Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${line} HTTP/1.1\r\n${lines.join('')}\r\n`);
  for (const piece of body) socket.write(piece);
  return Buffer.concat(await socket.toArray()).toString();
}
