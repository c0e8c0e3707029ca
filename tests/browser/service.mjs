/* A service of a row's own, which it may kill. */
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const wfm = `${process.env.WFM_BUILDDIR}/wfm/wfm`;
const run = promisify(execFile);

/* A port nobody has now. */
const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

/* On the data folder that is given, else on an empty one of its own, → {url, token(role), kill(), start(), end()}. */
export async function service(data) {
  const own = data ? null : await mkdtemp(path.join(tmpdir(), 'wfm-browser-'));
  if (own) await chmod(own, 0o755);
  const env = { ...process.env, WFM_DATA: data ?? `${own}/data` };
  const port = await freePort();
  let child = null;
  const start = () => new Promise((done, fail) => {
    child = spawn(wfm, ['serve', '--port', String(port), '--rate', '0', '--workers', '0', '--quiet'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.once('data', () => done());
    child.once('error', fail);
  });
  const kill = (signal = 'SIGKILL') => new Promise((done) => {
    child.once('exit', done);
    child.kill(signal);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    token: async (...args) => (await run(wfm, ['token', 'create', '--label', 'browser', ...args], { env })).stdout.match(/wfm_[\w-]+/)[0],
    start,
    kill,
    async end() {
      await kill('SIGTERM');
      if (!own) return;
      await run(wfm, ['db', 'stop', '--data', env.WFM_DATA], { env });
      await rm(own, { recursive: true, force: true });
    },
  };
}
