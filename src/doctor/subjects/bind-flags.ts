/** The flag that makes a well-known app listen on all interfaces. */
interface BindFlag {
  readonly app: string;
  /** The flag with its value, or the environment variable with its value. */
  readonly flag: string;
}

/**
 * The flags by the default port of the app. Sources: Ray `ray start --dashboard-host` (SkyPilot's own dashboard is on
 * 8266); TensorBoard `--bind_all`; Jupyter `ServerApp.ip`; Gradio `GRADIO_SERVER_NAME`; Streamlit `server.address`;
 * MLflow `mlflow server --host`; ComfyUI `--listen`; Ollama `OLLAMA_HOST`; marimo `--host`; Dask
 * `--dashboard-address`; code-server `--bind-addr`.
 */
const flags: Readonly<Record<number, BindFlag>> = {
  2718: { app: 'marimo', flag: '--host 0.0.0.0' },
  5000: { app: 'MLflow', flag: '--host 0.0.0.0' },
  6006: { app: 'TensorBoard', flag: '--bind_all' },
  7860: { app: 'Gradio', flag: 'GRADIO_SERVER_NAME=0.0.0.0' },
  8080: { app: 'code-server', flag: '--bind-addr 0.0.0.0:8080' },
  8188: { app: 'ComfyUI', flag: '--listen 0.0.0.0' },
  8265: { app: 'the Ray dashboard', flag: '--dashboard-host=0.0.0.0' },
  8266: { app: 'the Ray dashboard', flag: '--dashboard-host=0.0.0.0' },
  8501: { app: 'Streamlit', flag: '--server.address 0.0.0.0' },
  8787: { app: 'Dask', flag: '--dashboard-address 0.0.0.0:8787' },
  8888: { app: 'Jupyter', flag: '--ip=0.0.0.0' },
  11434: { app: 'Ollama', flag: 'OLLAMA_HOST=0.0.0.0' },
};

/** Advice that makes the app on a port listen on all interfaces. */
export function bindAdvice(port: number): string {
  const known = flags[port];
  if (!known) return 'start the app with --host 0.0.0.0 (its own flag for that)';
  return `start the app with ${known.flag}, if it is ${known.app}; else with its own flag for 0.0.0.0`;
}
