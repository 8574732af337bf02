import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { createStack, variants } from './synthesise.ts';

// A finding interrupts the synthesis; what it is goes to the standard error.
test.each(Object.entries(variants))('AWS Solutions has nothing to say about a deployment %s', (_, options) => {
  const { app } = createStack(options);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
});
