/** A service manager's notify socket: what systemd would read from it. Node cannot listen on one, Python can. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

const LISTEN = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
    print(s.recv(65536).decode().replace('\\n', ' '), flush=True)`;

export interface NotifySocket {
  readonly path: string;
  /** One line for each datagram, oldest first. */
  messages(): string[];
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
  return {
    path,
    messages: () => said.trimEnd().split('\n').slice(1),
    close: () => void listener.kill('SIGKILL'),
  };
}
