import test from 'ava';
import { controllerPageOf, servePage } from '../../src/platforms/controller-pages.ts';

const page = (status: number, body: string) => ({ status, body, headers: { server: 'uvicorn' } });

test("SkyServe's load balancer is known by its own words", (t) => {
  const none = '{"detail":"No ready replicas. Use \\"sky serve status [SERVICE_NAME]\\" to check the replica status."}';
  const earlier =
    '{"detail":"No available replicas. Use \\"sky serve status [SERVICE_ID]\\" to check the replica status."}';
  const unreached =
    '{"detail":"Max retries 3 exceeded. Last error encountered: [httpx.ConnectError] refused. Please use \\"sky serve logs [SERVICE_NAME] --load-balancer\\" for more information."}';
  t.is(controllerPageOf(page(503, none)), servePage);
  t.is(controllerPageOf(page(503, earlier)), servePage);
  t.is(controllerPageOf(page(500, unreached)), servePage);
});

test("an app's own 503 is not taken for it", (t) => {
  t.is(controllerPageOf(page(503, '{"detail":"No ready replicas"}')), null);
  t.is(controllerPageOf(page(503, '{"detail":"loading"}')), null);
  t.is(controllerPageOf(page(404, '{"detail":"No ready replicas. Use \\"sky serve status\\""}')), null);
});
