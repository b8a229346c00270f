import type { Page } from '../platforms/controller-pages.ts';
import { airflow } from './airflow.ts';
import type { App } from './app.ts';
import { argilla } from './argilla.ts';
import { codeServer } from './code-server.ts';
import { comfyui } from './comfyui.ts';
import { dash } from './dash.ts';
import { dask } from './dask.ts';
import { dify } from './dify.ts';
import { fastapi } from './fastapi.ts';
import { gradio } from './gradio.ts';
import { grafana } from './grafana.ts';
import { invokeai } from './invokeai.ts';
import { jupyter } from './jupyter.ts';
import { labelStudio } from './label-studio.ts';
import { langflow } from './langflow.ts';
import { litellm } from './litellm.ts';
import { llamaCpp } from './llama-cpp.ts';
import { marimo } from './marimo.ts';
import { mlflow } from './mlflow.ts';
import { n8n } from './n8n.ts';
import { ollama } from './ollama.ts';
import { openWebui } from './open-webui.ts';
import { panel } from './panel.ts';
import { prefect } from './prefect.ts';
import { rayDashboard } from './ray-dashboard.ts';
import { rstudio } from './rstudio.ts';
import { sdWebui } from './sd-webui.ts';
import { sglang } from './sglang.ts';
import { streamlit } from './streamlit.ts';
import { tensorboard } from './tensorboard.ts';
import { tgi } from './tgi.ts';
import { triton } from './triton.ts';
import { vllm } from './vllm.ts';
import { vscode } from './vscode.ts';
import { wandb } from './wandb.ts';

/**
 * All known apps. `appOf` returns the first app whose page matches. Frameworks, such as Gradio and FastAPI, come after
 * the apps that are built with them.
 */
export const allApps: readonly App[] = [
  jupyter,
  tensorboard,
  streamlit,
  marimo,
  mlflow,
  panel,
  dash,
  dask,
  codeServer,
  vscode,
  rstudio,
  sdWebui,
  gradio,
  vllm,
  sglang,
  tgi,
  triton,
  ollama,
  llamaCpp,
  rayDashboard,
  litellm,
  grafana,
  prefect,
  n8n,
  labelStudio,
  argilla,
  airflow,
  comfyui,
  invokeai,
  openWebui,
  langflow,
  dify,
  wandb,
  fastapi,
];

/** The app with this name; undefined if it is unknown. */
export function appNamed(name: string | undefined): App | undefined {
  return allApps.find((app) => app.name === name);
}

/** The app that sent this page; undefined if no app is recognized. */
export function appOf(page: Page): App | undefined {
  return allApps.find((app) => app.isIt(page));
}

/** The apps that use this port if no port is configured. */
export function appsOn(port: number): readonly App[] {
  return allApps.filter(({ ports }) => ports.includes(port));
}

/** The only app with this usual port; undefined if no app or several apps have it. */
export function usualAppOf(port: number): App | undefined {
  const found = allApps.filter(({ ports }) => ports[0] === port);
  return found.length === 1 ? found[0] : undefined;
}
