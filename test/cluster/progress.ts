/** Tells a person what takes so long. */
export interface Progress {
  /** Names what is being done now; the same text again changes nothing. */
  step(text: string): void;
  /** More about the present step, which may change many times a second. */
  detail(text: string): void;
  /** Takes the line off the terminal. */
  done(): void;
}

/** Says nothing. */
export const silentProgress: Progress = { step() {}, detail() {}, done() {} };

/** On a terminal one line that is rewritten and counts the seconds; elsewhere a line for each step. */
export function terminalProgress(stream: NodeJS.WriteStream): Progress {
  let step = '';
  let detail = '';
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    const seconds = Math.round((performance.now() - since) / 1000);
    const line = `${step} (${seconds} s) ${detail}`;
    stream.write(`\r\x1b[K${line.slice(0, (stream.columns ?? 80) - 1)}`);
  };
  return {
    step(text) {
      if (text === step) return;
      [step, detail, since] = [text, '', performance.now()];
      if (!stream.isTTY) stream.write(`${text}\n`);
      else {
        draw();
        timer ??= setInterval(draw, 1000).unref();
      }
    },
    detail(text) {
      detail = text;
    },
    done() {
      clearInterval(timer);
      timer = undefined;
      if (stream.isTTY && step !== '') stream.write('\r\x1b[K');
      step = '';
    },
  };
}
