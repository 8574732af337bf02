import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { createStack, variants } from './synthesise.ts';

// A finding interrupts the synthesis; what it is goes to the standard error.
test.each(Object.entries(variants))(
  'neither AWS Solutions nor the CDK finds fault with a deployment %s',
  (_, options) => {
    const { app } = createStack(options, true);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  },
);
