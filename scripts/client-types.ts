/** Makes the client's types from openapi.yaml: `npm run openapi`, or with `--check` in CI. */
import { pathToFileURL } from 'node:url';
import openapiTypes, { astToString } from 'openapi-typescript';
import { writeOrCheck } from './generated.ts';

// A field that has a default may be left out of a request.
const types = await openapiTypes(pathToFileURL('openapi.yaml'), { defaultNonNullable: false, silent: true });
process.exitCode = writeOrCheck(
  'client/src/openapi.ts',
  `// Generated from openapi.yaml by "npm run openapi"; do not edit.\n${astToString(types)}`,
  'npm run openapi',
);
