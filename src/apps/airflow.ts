import { type App, titleOf } from './app.ts';

export const airflow: App = {
  name: 'airflow',
  title: 'Airflow',
  ports: [8080],
  belowPrefix: 'keep',
  start: {
    keep: 'AIRFLOW__API__BASE_URL={origin}{path} airflow api-server --port {port}',
    host: 'AIRFLOW__API__BASE_URL={origin} airflow api-server --port {port}',
  },
  health: 'api/v2/monitor/health',
  authentication: 'password',
  note: 'the variable is for Airflow 3',
  isIt: (page) => /^(?:Airflow|Sign In - Airflow)/.test(titleOf(page)),
  sources: ['https://airflow.apache.org/docs/apache-airflow/stable/howto/run-behind-proxy.html'],
  evidence: 'read',
};
