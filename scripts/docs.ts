// npm run docs: writes the documentation that is generated from the code. A test fails if it is out of date.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { appsDocument } from './docs/apps-document.ts';
import { checksDocument } from './docs/checks-document.ts';
import { fieldCasesDocument } from './docs/field-cases-document.ts';
import { platformsDocument } from './docs/platforms-document.ts';
import { referenceDocument } from './docs/reference-document.ts';

const docs = resolve(import.meta.dirname, '../docs');

writeFileSync(join(docs, 'apps.md'), appsDocument());
writeFileSync(join(docs, 'checks.md'), checksDocument());
writeFileSync(join(docs, 'reference.md'), referenceDocument());
writeFileSync(join(docs, 'platforms.md'), platformsDocument());
writeFileSync(join(docs, 'field-cases.md'), await fieldCasesDocument());
