import { expect, test } from 'vitest';
import { packageJson } from '../../bin/package/package-json.ts';

const checkout = {
  name: 'cleanup',
  version: '1.2.3',
  description: 'Cleans up',
  license: 'MIT',
  private: true,
  exports: { '.': './lib/construct.ts', './results': './lambda/model/results.ts' },
  imports: { '#code': { package: './lib/ready.ts' } },
  dependencies: { 'aws-cdk-lib': '^2.3.4', constructs: '^10.0.1', esbuild: '^0.28.0', postgres: '^3.4.9' },
  devDependencies: { 'string-width': '^8.3.0', vitest: '^4.0.0' },
};

test('the package depends on what its modules import, in the versions of the checkout, and on nothing else', () => {
  const { dependencies } = packageJson(checkout, ['postgres', 'string-width']);
  expect(dependencies).toEqual({ postgres: '^3.4.9', 'string-width': '^8.3.0' });
});

test('the CDK is asked for and not brought along: the command does without it', () => {
  expect(packageJson(checkout, ['aws-cdk-lib', 'constructs', 'postgres'])).toMatchObject({
    dependencies: { postgres: '^3.4.9' },
    peerDependencies: { 'aws-cdk-lib': '^2.3.4', constructs: '^10.0.1' },
    peerDependenciesMeta: { 'aws-cdk-lib': { optional: true }, constructs: { optional: true } },
  });
});

test('an import that nobody would install is an error', () => {
  expect(() => packageJson(checkout, ['left-pad'])).toThrow(
    'The package imports left-pad, which is no dependency in package.json.',
  );
});

test('what a checkout exports as TypeScript, the package exports compiled, with its types', () => {
  expect(packageJson(checkout, [])).toMatchObject({
    exports: {
      '.': { types: './lib/construct.d.ts', default: './lib/construct.js' },
      './results': { types: './lambda/model/results.d.ts', default: './lambda/model/results.js' },
    },
    imports: { '#code': './lib/ready.js' },
  });
});

test('it stays private until the checkout is not', () => {
  expect(packageJson(checkout, []).private).toBe(true);
});
