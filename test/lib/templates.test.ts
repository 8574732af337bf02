import type { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { synthesise, variants } from './synthesise.ts';

/** A template as JSON, without what changes with every change of the code: asset hashes, and ids of versions. */
function settled(template: Template): string {
  const { Resources, Outputs } = template.toJSON();
  return `${JSON.stringify({ Resources, Outputs }, undefined, 2)
    .replace(/"[0-9a-f]{64}\.zip"/g, '"ASSET.zip"')
    .replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1')}\n`;
}

/** Every option that there is. */
const everything = {
  ...variants['with everything'],
  databaseHost: 'db.example.com',
  databasePort: '5433',
  databaseName: 'whatsapp',
  schedule: 'cron(30 4 * * ? *)',
  tokenLimit: '500000',
  tableName: 'crm.ClientView',
  auditTableName: 'ops.ThreadCleanupLog',
  logRetentionDays: '30',
  stackName: 'Staging',
};

/** What a platform team asks for. */
const platform = {
  ...variants['with IAM'],
  ...variants['with a topic'],
  ...variants['with a key for all'],
  ...variants['with variables'],
  terminationProtection: 'true',
};

// What a change does to an account shows in these files: `npx vitest run test/lib/templates.test.ts -u` writes them anew.
test.each([
  ['default', {}],
  ['everything', everything],
  ['platform', platform],
])('a deployment of the %s configuration is what it was', async (file, options) => {
  await expect(settled(synthesise(options))).toMatchFileSnapshot(`templates/${file}.json`);
});
