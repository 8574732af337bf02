import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'orange' | 'red';
/** Colours a text, where colours are wanted. */
export type Paint = (colour: Colour, text: string) => string;

/** xterm's palette of 256 colours: #ff8700, and the foreground as it was. */
const ORANGE = ['\u001b[38;5;208m', '\u001b[39m'] as const;

/** Colours for a stream: none where it takes none (no terminal, NO_COLOR), and orange where it has 256 of them. */
export function paintFor(stream: WriteStream): Paint {
  const hasOrange = stream.isTTY && stream.hasColors(256);
  return (colour, text) => {
    if (colour !== 'orange') return styleText(colour, text, { stream });
    return hasOrange ? ORANGE.join(text) : styleText('magenta', text, { stream });
  };
}
