import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workloadsOfControllers } from '../../src/exposure/controllers/ingress-controllers.ts';
import { workloadsOfLoadBalancers } from '../../src/platforms/signals.ts';

const lines = readFileSync(join(import.meta.dirname, '../../docs/requests.md'), 'utf8').split('\n');

/** The rows of the first table below a heading of docs/requests.md, without the header. */
export function rowsBelow(heading: string): string[][] {
  const from = lines.indexOf(heading);
  const begin = lines.findIndex((line, at) => at > from && line.startsWith('|'));
  const end = lines.findIndex((line, at) => at > begin && !line.startsWith('|'));
  return lines.slice(begin + 2, end).map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
}

/** The requests in a cell: `GET /version`. */
export function requestsIn(cell: string): string[] {
  return [...cell.matchAll(/`((?:GET|POST) [^`]*)`/g)].map(([, request]) => request!);
}

/** A request in the words of the document: without the page size, and with placeholders. */
export function asDocumented(request: string, namespace: string): string {
  const [path, query = ''] = request.split('?') as [string, string?];
  const selectors = [...new URLSearchParams(query)].filter(([key]) => key.endsWith('Selector'));
  const text = selectors.map(([key, value]) => `${key}=${value}`).join('&');
  return `${path}${text && `?${text}`}`
    .replace(`/namespaces/${namespace}/`, '/namespaces/NAMESPACE/')
    .replace(workloadsOfControllers.join(','), 'CONTROLLERS')
    .replace(workloadsOfLoadBalancers.join(','), 'BALANCERS');
}
