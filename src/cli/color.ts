// When colour is used (contract §7): --color decides, then NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, then the terminal.

import type { Host, OutputStream } from './host.ts';
import type { Settings } from './settings.ts';

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0';

/** True when that stream is to be coloured. */
export function wantsColor(settings: Settings, { env }: Host, stream: OutputStream): boolean {
  const asked = settings.text('color');
  if (asked === 'always') return true;
  if (asked === 'never') return false;
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (isSet(env['FORCE_COLOR']) || isSet(env['CLICOLOR_FORCE'])) return true;
  return stream.isTTY && env['TERM'] !== 'dumb';
}
