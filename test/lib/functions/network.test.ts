import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { DatabaseInstance, DatabaseInstanceEngine } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, test } from 'vitest';
import { ThreadCleanup } from '../../../lib/thread-cleanup.ts';
import { deployed, newVpc, type Options } from '../cleanup-in-stack.ts';
import { foreignApp } from '../synthesise.ts';

describe('in a VPC of the app', () => {
  const inVpc = (options: Options = {}) => {
    const made = deployed((stack) => ({ vpc: newVpc(stack), ...options }));
    return made;
  };

  test('runs in its private subnets, in a security group of its own', () => {
    const template = inVpc().template();
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'handler.handler',
      VpcConfig: {
        SubnetIds: [1, 2].map((n) => ({ Ref: Match.stringLikeRegexp(`^VpcPrivateSubnet${n}`) })),
        SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('NetworkSecurityGroup'), 'GroupId'] }],
      },
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { VpcId: { Ref: Match.stringLikeRegexp('^Vpc') } });
  });

  test('runs in the subnets that are selected', () => {
    inVpc({ vpcSubnets: { subnetType: SubnetType.PUBLIC } })
      .template()
      .hasResourceProperties('AWS::Lambda::Function', {
        VpcConfig: Match.objectLike({
          SubnetIds: [1, 2].map((n) => ({ Ref: Match.stringLikeRegexp(`^VpcPublicSubnet${n}`) })),
        }),
      });
  });

  test('is checked only when the subnets have their way out', () => {
    const [check] = Object.values(inVpc().template().findResources('Custom::DeploymentCheck'));
    expect(check?.['DependsOn']).toEqual(
      expect.arrayContaining([expect.stringMatching(/^VpcPrivateSubnet1DefaultRoute/)]),
    );
  });

  test('may be in security groups that exist, which are its connections', () => {
    const { cleanup, stack, template } = deployed((stack) => {
      const vpc = newVpc(stack);
      return { vpc, securityGroups: [new SecurityGroup(stack, 'Group', { vpc })] };
    });
    expect(stack.resolve(cleanup.connections.securityGroups.map((group) => group.securityGroupId))).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/^Group/), 'GroupId'] },
    ]);
    template().resourceCountIs('AWS::EC2::SecurityGroup', 1);
  });

  test('a database may let it in, by one line', () => {
    const { cleanup, stack } = inVpc();
    const database = SecurityGroup.fromSecurityGroupId(stack, 'Database', 'sg-0a1b2c3d');
    cleanup.connections.allowTo(database, Port.tcp(6543));
    const template = Template.fromStack(stack);
    const own = { 'Fn::GetAtt': [Match.stringLikeRegexp('NetworkSecurityGroup'), 'GroupId'] };
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 6543, SourceSecurityGroupId: own });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { FromPort: 6543, GroupId: own });
  });

  test('a database of another stack may let it in: the rules are in the stack of the cleanup', () => {
    const { app, stack: databaseStack } = foreignApp('Database');
    const vpc = newVpc(databaseStack);
    const database = new DatabaseInstance(databaseStack, 'Database', {
      vpc,
      engine: DatabaseInstanceEngine.POSTGRES,
    });
    const stack = new Stack(app, 'Shop');
    const databaseSecret = Secret.fromSecretNameV2(stack, 'Secret', 'prod/database-url');
    const databaseHost = database.dbInstanceEndpointAddress;
    const cleanup = new ThreadCleanup(stack, 'Cleanup', { databaseSecret, databaseHost, vpc });
    cleanup.connections.allowToDefaultPort(database);
    const template = Template.fromStack(stack);
    for (const direction of ['Ingress', 'Egress']) {
      template.resourceCountIs(`AWS::EC2::SecurityGroup${direction}`, 1);
    }
  });

  test('outside of a VPC there are no connections, and the error says what to set', () => {
    expect(() => deployed(() => ({})).cleanup.connections).toThrow(/^Shop\/Cleanup has no connections: .*prop vpc/);
  });
});
