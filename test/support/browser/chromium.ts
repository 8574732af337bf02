import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin'];

/** The browser, or undefined where none is installed (Debian: `apt-get install chromium`). */
export const chromiumProgram = FOLDERS.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(existsSync);

/** A second or two, and on a machine that is busy with other things half a minute and more. */
const MAX_MS = 100_000;

/**
 * What a browser makes of a page, when its scripts have run.
 *
 * @param page HTML
 * @param width of the window, in pixels
 */
export async function renderedPage(page: string, width: number): Promise<string> {
  if (chromiumProgram === undefined) throw new Error('There is no Chromium.');
  const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-chromium-'));
  writeFileSync(join(folder, 'page.html'), page);
  try {
    const { stdout } = await promisify(execFile)(
      chromiumProgram,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-background-networking',
        '--hide-scrollbars',
        `--user-data-dir=${folder}`,
        `--window-size=${width},2000`,
        '--dump-dom',
        `file://${join(folder, 'page.html')}`,
      ],
      { timeout: MAX_MS, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 },
    );
    return stdout;
  } finally {
    // The browser's helpers may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
