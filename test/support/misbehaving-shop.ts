/**
 * A shop that does everything wrong: one server for each fault, so that what one does to its host (a back-off, a dead
 * robots.txt) hides no other. Loopback only; ports from the system.
 */
import type { TlsOptions } from 'node:tls';
import { selfSignedCertificate } from './certificate.js';
import { WIRE_FAULTS, answer } from './misbehaviours.js';
import type { WireFault } from './misbehaviours.js';
import { startRawServer } from './raw-server.js';
import type { Behaviour, RawServer, RawServerOptions } from './raw-server.js';

const honest: Behaviour = (socket) => answer(socket, '<html><body>a page</body></html>');

const tls = (options: TlsOptions): RawServerOptions => ({ tls: options });
const OLD: TlsOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' };

/** Faults before HTTP begins. `trusted`: its certificate is handed to the client as an authority. */
const TLS_FAULTS: Readonly<
  Record<string, { readonly options: () => RawServerOptions; readonly trusted: boolean }>
> = {
  'has a self-signed certificate': { options: () => tls({ ...selfSignedCertificate() }), trusted: false },
  'has an expired certificate': {
    options: () => tls({ ...selfSignedCertificate({ expired: true }) }),
    trusted: true,
  },
  'has the certificate of another name': {
    options: () => tls({ ...selfSignedCertificate({ name: 'other.example' }) }),
    trusted: true,
  },
  'speaks an old TLS only': { options: () => tls({ ...selfSignedCertificate(), ...OLD }), trusted: true },
};

const status =
  (code: number): Behaviour =>
  (socket) =>
    answer(socket, '', [], `${code} Robots`);

const ROBOTS_FAULTS: Readonly<Record<string, Behaviour>> = {
  'has no robots.txt': status(404),
  'forbids its robots.txt': status(403),
  'has a broken robots.txt': status(500),
  'has an unavailable robots.txt': status(503),
  'throttles its robots.txt': status(429),
  'hangs in its robots.txt': WIRE_FAULTS['hangs in the body'],
  'drops its robots.txt': WIRE_FAULTS['drops the connection'],
  'has an endless robots.txt': WIRE_FAULTS['sends an endless body'],
  'has a bomb of a robots.txt': WIRE_FAULTS['sends a gzip bomb'],
  'has a robots.txt in a loop': WIRE_FAULTS['redirects for ever'],
  'has a robots.txt on a private address': WIRE_FAULTS['redirects to a private address'],
};

interface Misbehaving {
  /** What it does. */
  readonly name: string;
  /** The page to ask for. */
  readonly url: string;
  readonly server: RawServer;
}

export interface MisbehavingShop {
  readonly faults: readonly Misbehaving[];
  /** Hosts of all servers, as a shop's scope lists them. */
  readonly hosts: readonly string[];
  /** PEM of the authorities under which some of its bad certificates were made. */
  readonly authorities: string;
  /** Connections open now, over all servers. */
  open(): number;
  close(): Promise<void>;
}

/** `only`: faults by name; all by default. */
export async function startMisbehavingShop(only?: (name: string) => boolean): Promise<MisbehavingShop> {
  const faults: Misbehaving[] = [];
  const authorities: string[] = [];
  const start = async (name: string, behave: Behaviour, options: RawServerOptions = {}): Promise<void> => {
    if (only?.(name) === false) return;
    const server = await startRawServer(behave, options);
    faults.push({ name, url: `${server.origin}/a`, server });
  };
  for (const name of Object.keys(WIRE_FAULTS) as WireFault[]) await start(name, WIRE_FAULTS[name]);
  for (const [name, robots] of Object.entries(ROBOTS_FAULTS)) await start(name, honest, { robots });
  for (const [name, { options, trusted }] of Object.entries(TLS_FAULTS)) {
    const made = options();
    if (trusted) authorities.push(String(made.tls?.cert));
    await start(name, honest, made);
  }
  await startTlsImpostors(faults, only);
  return {
    faults,
    hosts: faults.map(({ server }) => server.host),
    authorities: authorities.join(''),
    open: () => faults.reduce((sum, { server }) => sum + server.open, 0),
    close: async () => {
      for (const { server } of faults) await server.close();
    },
  };
}

/** Servers that are asked for TLS and know none. */
async function startTlsImpostors(faults: Misbehaving[], only?: (name: string) => boolean): Promise<void> {
  const impostors: Readonly<Record<string, NonNullable<RawServerOptions['onConnection']>>> = {
    'speaks plain HTTP where TLS is expected': (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'never shakes hands': () => undefined,
  };
  for (const [name, onConnection] of Object.entries(impostors)) {
    if (only?.(name) === false) continue;
    const server = await startRawServer(() => undefined, { onConnection });
    faults.push({ name, url: `https://${server.host}/a`, server });
  }
}
