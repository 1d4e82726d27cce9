/** Where Chromium is on this machine; undefined where there is none. */
import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const chromiumPath = process.env['FASHIOND_CHROMIUM'] ?? PLACES.find((path) => existsSync(path));
