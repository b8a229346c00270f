import type { App } from './app.ts';
import { codeServer } from './code-server.ts';
import { dash } from './dash.ts';
import { dask } from './dask.ts';
import { fastapi } from './fastapi.ts';
import { gradio } from './gradio.ts';
import { jupyter } from './jupyter.ts';
import { marimo } from './marimo.ts';
import { mlflow } from './mlflow.ts';
import { panel } from './panel.ts';
import { streamlit } from './streamlit.ts';
import { tensorboard } from './tensorboard.ts';

/** Every app of the tests. */
export const allApps: readonly App[] = [
  ...[jupyter, tensorboard, streamlit, fastapi],
  ...[gradio, marimo, mlflow, panel, dash, dask, codeServer],
];
