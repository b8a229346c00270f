import type { Span, Style } from '../system.ts';
import { styled } from './look.ts';

/** The marks of a diagnosis. */
export const marks = { pass: '✔', error: '✖', warning: '!', info: 'i', skipped: '-', unknown: '?' } as const;

const styleOfMark: Readonly<Record<keyof typeof marks, Style | undefined>> = {
  pass: 'good',
  error: 'bad',
  warning: 'warning',
  info: undefined,
  skipped: 'faint',
  unknown: 'warning',
};

/** A mark in its colour. */
export function styledMark(mark: keyof typeof marks): Span | string {
  const style = styleOfMark[mark];
  return style ? styled(style, marks[mark]) : marks[mark];
}
