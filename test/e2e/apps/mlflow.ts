import type { App } from './app.ts';

const logging = `
import hashlib, mlflow, os
data = os.urandom(20_000_000)
open('weights', 'wb').write(data)
with mlflow.start_run() as run:
    mlflow.log_metric('loss', 0.5)
    mlflow.log_artifact('weights')
back = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path='weights', dst_path='back')
assert open(back, 'rb').read() == data
print(run.info.run_id)
`;

export const mlflow: App = {
  name: 'mlflow',
  from: 'mlflow',
  set: 'more',
  port: 5000,
  // One process fewer to start.
  env: { MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' },
  options: '--workers 1 --backend-store-uri sqlite:///mlflow.db --artifacts-destination ./artifacts',
  // The artefact is longer than the 1 MB of ingress-nginx.
  breaksBehindSkyPilots: /413/,
  diagnosedBehindSkyPilots: ['app-needs-slash'],
  // It has no users here, and its page asks who they are.
  ownFaults: [/\/users\/current/],
  async use(page, { base, python }) {
    // The client says first where the run can be seen.
    const run = (await python(logging, { MLFLOW_TRACKING_URI: base })).trim().split('\n').at(-1);
    await page.goto(`${base}#/experiments/0/runs/${run}`);
    await page.getByText('loss').first().waitFor();
  },
};
