import { Duration, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { ThreadCleanup } from '../../lib/thread-cleanup.ts';
import { createStack, foreignApp, variants } from './synthesise.ts';

// A finding interrupts the synthesis; what it is goes to the standard error.
test.each(Object.entries(variants))(
  'neither AWS Solutions nor the CDK finds fault with a deployment %s',
  (_, options) => {
    const { app } = createStack(options, true);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  },
);

test('nor with two in a stack of somebody else’s, with a key of that app', () => {
  const { app, stack } = foreignApp('Shop', true);
  const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
  for (const id of ['Cleanup', 'Other']) {
    new ThreadCleanup(stack, id, {
      databaseSecret: Secret.fromSecretNameV2(stack, `${id}Secret`, `prod/${id}`),
      databaseIamAuth: { user: 'thread_cleanup', resourceId: 'cluster-ABCDEFGHIJKL01234' },
      vpc: { subnetIds: ['subnet-0a1b2c3d'], vpcId: 'vpc-0a1b2c3d' },
      notifyEmail: ['ops@example.com'],
      exportRetention: Duration.days(30),
      encryptionKey,
    });
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});
