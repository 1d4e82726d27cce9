/**
 * A service manager's notify socket: what systemd would read from it. Node cannot listen on one, Python can. As systemd
 * does, it closes the descriptor that comes with BARRIER=1, for which the sender waits.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

const LISTEN = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
    data, beside, _, _ = s.recvmsg(65536, socket.CMSG_SPACE(64))
    print(data.decode().replace('\\n', ' '), flush=True)
    for level, kind, content in beside:
        if kind == socket.SCM_RIGHTS:
            for descriptor in array.array('i', content): os.close(descriptor)`;

const BARRIER = 'BARRIER=1';

export interface NotifySocket {
  readonly path: string;
  /** One line for each datagram, oldest first, without the barriers. */
  messages(): string[];
  /** Senders that waited until what they had sent was read. */
  barriers(): number;
  close(): void;
}

/** Null where systemd-notify or Python is missing. */
export async function openNotifySocket(): Promise<NotifySocket | null> {
  try {
    execFileSync('systemd-notify', ['--version'], { stdio: 'ignore' });
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const path = join(temporaryFolder(), 'notify');
  const listener = spawn('python3', ['-c', LISTEN, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  listener.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(listener.stdout, 'data');
  const all = (): string[] => said.trimEnd().split('\n').slice(1);
  return {
    path,
    messages: () => all().filter((line) => line !== BARRIER),
    barriers: () => all().filter((line) => line === BARRIER).length,
    close: () => void listener.kill('SIGKILL'),
  };
}
